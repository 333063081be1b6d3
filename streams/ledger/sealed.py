"""Personal contents sealed under a key that can be destroyed: envelope encryption, one key a month.

What is sealed (AES-256-GCM, NIST SP 800-38D) has a data key of its own, and that key stands beside it,
wrapped (AES-KW, RFC 3394) by the key of its month. Whoever has the month's key can open every record of the
month; a data key opens one. With the month's key gone nobody opens any of them, while the bytes, their hashes
and all proofs over them stay what they were.

Randomness is given and not drawn here. A data key serves once, so no nonce can ever meet another under it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from streams.errors import LedgerError
from streams.policy.making import maker_of

KEY_SIZE, NONCE_SIZE = 32, 12
_MONTH_SIZE = len("2026-11")
_DIGEST_SIZE = 8

# Returns so many random bytes that nobody can foretell.
Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Contents under a data key, and that key wrapped by the key of a month; both only for who has that."""

    key_id: str
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


make_sealed = maker_of(Sealed)


@dataclass(frozen=True, slots=True)
class MonthKey:
    """The key that wraps the data keys of one month, such as `2026-11` in UTC: 32 random bytes."""

    month: str
    key: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Return the month with a digest of the key, so that another key of the same month is told apart."""
        return f"{self.month}-{hashlib.sha256(self.key).hexdigest()[:_DIGEST_SIZE]}"


def month_of(instant: datetime) -> str:
    """Return the month, in UTC, whose key seals at that instant."""
    return f"{instant.astimezone(UTC):%Y-%m}"


def months_from(instant: datetime, count: int) -> tuple[str, ...]:
    """Return so many months in a row, the first being that of the instant in UTC."""
    day = instant.astimezone(UTC)
    numbers = range(12 * day.year + day.month - 1, 12 * day.year + day.month - 1 + count)
    return tuple(f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers)


def month_in(key_id: str) -> str:
    """Return the month in the id of a key."""
    return key_id[:_MONTH_SIZE]


class Sealer:
    """Seals contents under the key of one month, with fresh data keys."""

    __slots__ = ("_entropy", "_key", "key_id")

    def __init__(self, month_key: MonthKey, entropy: Entropy) -> None:
        self.key_id = month_key.key_id
        self._key = month_key.key
        self._entropy = entropy

    def seal(self, contents: bytes, about: str) -> Sealed:
        """Return the contents sealed; `about` says whose they are, and must be given again to open them."""
        drawn = self._entropy(KEY_SIZE + NONCE_SIZE)
        data_key, nonce = drawn[:KEY_SIZE], drawn[KEY_SIZE:]
        return make_sealed(
            key_id=self.key_id,
            wrapped_key=aes_key_wrap(self._key, data_key),
            nonce=nonce,
            # Bound to what they are about: sealed contents that are moved to another record do not open.
            ciphertext=AESGCM(data_key).encrypt(nonce, contents, about.encode()),
        )


def open_sealed(sealed: Sealed, about: str, month_key: MonthKey) -> bytes:
    """Return the contents.

    Raises:
        LedgerError: the key is another one, or sealed contents, key or what they are about were changed.
    """
    try:
        data_key = aes_key_unwrap(month_key.key, sealed.wrapped_key)
        return AESGCM(data_key).decrypt(sealed.nonce, sealed.ciphertext, about.encode())
    except (InvalidUnwrap, InvalidTag, ValueError) as error:
        raise LedgerError(
            f"sealed contents do not open with the key `{month_key.key_id}`: they were changed, or moved here"
        ) from error
