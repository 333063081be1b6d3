"""One witness as the notary sees it: where it is asked, and what its cosignatures are verified with."""

from http import HTTPStatus

import aiohttp

from streams.errors import InputError, LedgerError
from streams.ledger.signed_note import Signature, SignedNote, Verifier, read_note, signed_by
from streams.ledger.submission import Submission
from streams.logs import get_logger
from streams.notary.tree_log import TreeLog

log = get_logger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=5)


class Cosigner:
    """Asks one witness over HTTP: one that is away delays little, one that disagrees ends the notary."""

    def __init__(self, url: str, verifier: Verifier) -> None:
        self._url = url.rstrip("/")
        self._verifier = verifier
        self._seen: dict[str, int] = {}

    async def cosignature(self, note: SignedNote, tree_log: TreeLog) -> Signature | None:
        """Return the witness's signature of the note, or None when it cannot be had.

        Raises:
            LedgerError: it saw another ledger, or a longer one.
        """
        name = self._verifier.name
        try:
            status, text = await self._submit(note, tree_log)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("a witness cannot be reached", witness=name, error=error)
            return None
        if status in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY):
            raise LedgerError(
                f"witness `{name}` saw another ledger `{tree_log.origin}`: it was rewritten since, keep the "
                "topics as they are"
            )
        if status != HTTPStatus.OK:
            log.warning("a witness refuses to sign", witness=name, status=status)
            return None
        self._seen[tree_log.origin] = tree_log.checkpoint().size
        return self._verified(note, text)

    async def _submit(self, note: SignedNote, tree_log: TreeLog) -> tuple[int, str]:
        """Submit the note, and once more when the witness saw another size than we remember."""
        origin = tree_log.origin
        status, text = await self._post(note, tree_log)
        if status == HTTPStatus.CONFLICT and text.strip().isdecimal():
            seen, size = int(text), tree_log.checkpoint().size
            if seen > size:
                raise LedgerError(
                    f"witness `{self._verifier.name}` saw {seen} records of `{origin}`, not {size}: "
                    "the ledger was cut off since, keep the topics as they are"
                )
            if seen != self._seen.get(origin, 0):
                self._seen[origin] = seen
                status, text = await self._post(note, tree_log)
        return status, text

    async def _post(self, note: SignedNote, tree_log: TreeLog) -> tuple[int, str]:
        old = self._seen.get(tree_log.origin, 0)
        submission = Submission(old=old, path=tree_log.path_from(old), checkpoint=note)
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.post(f"{self._url}/add-checkpoint", data=str(submission).encode()) as response,
        ):
            return response.status, await response.text()

    def _verified(self, note: SignedNote, text: str) -> Signature | None:
        """Return the signature in the answer, if it is the witness's own of this note."""
        try:
            signature = read_note(f"{note.text}\n{text}").signatures[0]
            if signed_by(SignedNote(text=note.text, signatures=(signature,)), self._verifier):
                return signature
        except InputError as error:
            log.warning("a witness answered with no signature", witness=self._verifier.name, error=error)
        return None
