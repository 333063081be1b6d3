"""What a draft decides under: the books, the policy, the instant, and the keys, all fixed for its life."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from streams.policy.books import BooksView
from streams.policy.policy_in_force import PolicyInForce
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The intakes' keys by key id, and the key of the pseudonyms that alerts carry."""

    intake: Mapping[str, bytes]
    pseudonym: bytes

    def pseudonym_of(self, name: str) -> str:
        """Return an HMAC-SHA-256 pseudonym of the name, 16 hex digits, for the readers of alerts."""
        return hmac.digest(self.pseudonym, name.encode(errors="surrogatepass"), "sha256").hex()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything besides the partition's state. `missing` are recipients' topics that do not exist."""

    worker: str
    topics: Topics
    keys: Keys
    books: BooksView
    policy: PolicyInForce
    revision: int
    now: datetime
    missing: frozenset[str] = frozenset()
