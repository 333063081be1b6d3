"""A witness: it cosigns a checkpoint when the ledger continues the one that it saw last, and only then.

For somebody who is not the agency: the city clerk, a partner, a court. It has no access to the ledger and
needs none. Who owns topics, offsets and the notary's key can rewrite everything but what a witness remembers.

C2SP tlog-witness; its answers are HTTP's: 200 with the cosignature, 400, 403, 404, 409 and 422.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.codecs.whole_file import read_text, write_whole
from streams.errors import InputError
from streams.ledger.checkpoint import Checkpoint, read_checkpoint
from streams.ledger.merkle import EMPTY_ROOT, is_consistent
from streams.ledger.signed_note import Verifier, cosign, signed_by
from streams.ledger.submission import Submission, read_submission

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the witness answers."""

    status: HTTPStatus
    text: str
    content_type: str = TEXT_TYPE


class Witness:
    """One witness of the ledgers that `logs` sign; what it saw last is in `folder`, a file for each origin.

    INVARIANT: the file is on the disk before the cosignature leaves, so no crash makes it forget what it
    signed. `add` blocks, and is for one thread: two at a time could cosign two ledgers.
    """

    def __init__(self, name: str, key: Ed25519PrivateKey, logs: Sequence[Verifier], folder: Path) -> None:
        self._name = name
        self._key = key
        self._logs = logs
        self._folder = folder

    def add(self, text: str, seconds: int) -> Reply:
        """Take a submission, and answer it; `seconds` since 1970 is the time to sign."""
        try:
            submission = read_submission(text)
            checkpoint = read_checkpoint(submission.checkpoint.text)
        except InputError as error:
            return Reply(status=HTTPStatus.BAD_REQUEST, text=f"{error}\n")
        log = next((log for log in self._logs if _is_of(checkpoint.origin, log)), None)
        if log is None:
            return Reply(status=HTTPStatus.NOT_FOUND, text=f"unknown ledger `{checkpoint.origin}`\n")
        refusal = _unsigned(submission, log) or self._inconsistent(submission, checkpoint)
        if refusal is not None:
            return refusal
        write_whole(self._path(checkpoint.origin), checkpoint.text.encode())
        signature = cosign(submission.checkpoint.text, self._name, self._key, seconds)
        return Reply(status=HTTPStatus.OK, text=f"{signature}\n")

    def _inconsistent(self, submission: Submission, checkpoint: Checkpoint) -> Reply | None:
        """Return why the checkpoint does not continue what was seen, or None."""
        if submission.old > checkpoint.size:
            return Reply(status=HTTPStatus.BAD_REQUEST, text="the old size is larger than the new one\n")
        seen = self.seen(checkpoint.origin)
        size, root = (0, EMPTY_ROOT) if seen is None else (seen.size, seen.root)
        if submission.old != size:
            return Reply(status=HTTPStatus.CONFLICT, text=f"{size}\n", content_type=SIZE_TYPE)
        if not is_consistent((size, root), (checkpoint.size, checkpoint.root), submission.path):
            # At the same size it is another tree: no path could lead there, and both are signed.
            status = HTTPStatus.CONFLICT if size == checkpoint.size else HTTPStatus.UNPROCESSABLE_ENTITY
            return Reply(status=status, text=f"{size}\n", content_type=SIZE_TYPE)
        return None

    def seen(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint of a ledger that was cosigned, or None.

        Raises:
            InputError: the file cannot be read; to begin anew would be to forget.
        """
        path = self._path(origin)
        if not path.exists():
            return None
        checkpoint = read_checkpoint(read_text(path))
        if checkpoint.origin != origin:
            raise InputError(f"`{path}` is of another ledger: {checkpoint.origin}")
        return checkpoint

    def _path(self, origin: str) -> Path:
        # A digest, since an origin may hold any sign.
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.seen"


def _is_of(origin: str, log: Verifier) -> bool:
    """Tell whether the origin is the log's own or one of its partitions."""
    return origin == log.name or origin.rpartition("/")[0] == log.name


def _unsigned(submission: Submission, log: Verifier) -> Reply | None:
    try:
        if signed_by(submission.checkpoint, log):
            return None
    except InputError as error:
        return Reply(status=HTTPStatus.FORBIDDEN, text=f"{error}\n")
    return Reply(status=HTTPStatus.FORBIDDEN, text=f"not signed by `{log.name}`\n")
