"""Who acts in a demonstration: two custodians and the owner of the books, each with a key made for it.

In one folder, and that with the worker's: enough to show who signs what, and nothing to copy.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from streams.books.custodian import Author, Outcome, approve, change_books
from streams.books.plan import Planner
from streams.clock import Clock
from streams.codecs.signing_key import SigningKey, new_signing_key, write_signing_key
from streams.settings import Settings

SEED_BYTES = 32
REASON = "demonstration"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who proposes and who approves, and the folder with all keys."""

    proposer: Author
    approver: Author
    folder: Path

    @property
    def owner_key(self) -> Path:
        """Return the file with the key of the books' owner."""
        return self.folder / "owner.key"

    @property
    def owner_memory(self) -> Path:
        """Return the file with what the owner has signed last."""
        return self.folder / "owner.head"

    @property
    def settings(self) -> dict[str, object]:
        """Return the settings of whoever reads books that these people change."""
        return {"custodians": self.folder / "custodians", "books_owner": self.folder / "owner.pub"}

    async def agree(self, settings: Settings, clock: Clock, planner: Planner) -> Outcome:
        """Have one of them change the books, and the other approve what that widens."""
        outcome = await change_books(settings, clock, planner, self.proposer)
        if outcome.proposals:
            outcome = await approve(settings, clock, outcome.proposals, self.approver)
        return outcome


def people_in(folder: Path) -> People:
    """Make the keys of everybody in a folder that has none yet.

    Raises:
        InputError: they cannot be written.
    """
    first, second, owner = (_made(folder, name) for name in ("castro", "clerk", "owner"))
    (folder / "custodians").write_text(f"{first.verifier}\n{second.verifier}\n", encoding="utf-8")
    (folder / "owner.pub").write_text(f"{owner.verifier}\n", encoding="utf-8")
    proposer, approver = (Author(by=one.name, reason=REASON, key=one) for one in (first, second))
    return People(proposer=proposer, approver=approver, folder=folder)


def _made(folder: Path, name: str) -> SigningKey:
    made = new_signing_key(name, secrets.token_bytes(SEED_BYTES))
    write_signing_key(made, folder / f"{name}.key")
    return made
