"""Bearer tokens of partner agencies: a file of their digests, each bound to one entity.

A line for each, `ENTITY_ID sha256:…`. The file has no token in it, so whoever reads it can ask as nobody. It
is for its owner's eyes alone all the same: whoever can write it can ask as anybody.

A plain SHA-256 is enough, and no slow hash: a token is 32 random bytes, which nobody guesses (RFC 6750).
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from streams.codecs.owned_file import read_owned, replace_owned
from streams.errors import InputError
from streams.policy.vocabulary import EntityId

TOKEN_BYTES = 32
# So that a scanner for secrets knows one when it sees it.
TOKEN_PREFIX = "alpr_gate_"  # noqa: S105  # no secret, but what all of them begin with
_WHAT = "tokens"
_LINE = re.compile(r"(?P<entity>[A-Za-z0-9][A-Za-z0-9._-]{0,199}) sha256:(?P<digest>[0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """One token, by its SHA-256, and the one entity that asks with it."""

    entity_id: EntityId
    digest: bytes

    def __str__(self) -> str:
        return f"{self.entity_id} sha256:{self.digest.hex()}"


def new_token(random: bytes) -> str:
    """Return a token made of 32 random bytes.

    Raises:
        InputError: another number of bytes was given.
    """
    if len(random) != TOKEN_BYTES:
        raise InputError(f"new token: expected {TOKEN_BYTES} random bytes, got {len(random)}")
    return TOKEN_PREFIX + urlsafe_b64encode(random).decode().rstrip("=")


def digest_of(token: str) -> bytes:
    """Return the SHA-256 of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def holder_of(tokens: Iterable[AccessToken], token: str) -> EntityId | None:
    """Return the entity that a token is bound to, or None.

    Every digest is compared, each in constant time, so that the time tells neither how much was right nor
    whose line it was.
    """
    digest = digest_of(token)
    holder = None
    for each in tokens:
        if hmac.compare_digest(each.digest, digest):
            holder = each.entity_id
    return holder


def read_tokens(text: bytes, name: str) -> tuple[AccessToken, ...]:
    """Return the tokens of a file; `name` is its name in messages. Blank lines are skipped.

    Raises:
        InputError: a line is none, or two entities share a token.
    """
    found: dict[bytes, AccessToken] = {}
    for number, line in enumerate(text.decode(errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise InputError(f"{name}:{number}: expected `ENTITY_ID sha256:` and 64 hexadecimal digits")
        token = AccessToken(entity_id=EntityId(match["entity"]), digest=bytes.fromhex(match["digest"]))
        # Whose is it? One answer must be wrong, and it is not for this program to choose.
        if token.digest in found:
            raise InputError(f"{name}:{number}: the same token stands here twice")
        found[token.digest] = token
    return tuple(found.values())


def load_tokens(path: Path) -> tuple[AccessToken, ...]:
    """Return the tokens of a file that nobody but its owner can read.

    Raises:
        InputError: if it is not there, open to others, or no such file.
    """
    return read_tokens(read_owned(path, _WHAT), str(path))


def add_token(path: Path, entity_id: EntityId, token: str) -> None:
    """Add a token to the file, which is made where there is none.

    Raises:
        InputError: the file cannot be read or written, or the id is none.
    """
    present = load_tokens(path) if path.exists() else ()
    added = AccessToken(entity_id=entity_id, digest=digest_of(token))
    content = "".join(f"{each}\n" for each in (*present, added)).encode()
    # As it will be read: a line that is none would stop the service at its next request.
    read_tokens(content, f"entity id `{entity_id[:200]}`")
    replace_owned(path, content, _WHAT)
