"""Destroying the key of a month, so that nobody reads any more who asked for which plate in it.

Only when nothing speaks against it: two people ordered it, retention has ended, and nothing of the month must
or could still be read (`streams.custody.obstacles`). It goes on record first. What is destroyed is the key;
records, hashes and proofs stay.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from streams.books.loader import read_books
from streams.codecs.vault import destroy_key, open_vault
from streams.custody.action_log import open_actions
from streams.custody.obstacles import Ground, obstacles
from streams.errors import BooksNotCurrentError, InputError
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.shred_order import ShredOrder
from streams.settings import Settings

# The message names so many; the rest is counted.
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shredding:
    """Who carries out which order, with the signed notes that it stands in."""

    order: ShredOrder
    notes: tuple[str, ...]
    by: str


async def shred(settings: Settings, folder: Path, shredding: Shredding, now: datetime) -> AdminAction:
    """Destroy the key of the month that the order names, and return the act that is on record.

    `folder` is the vault; its copies are for whoever made them to destroy. After a run that broke off behind
    the record, another one finds it and destroys the key.

    Raises:
        InputError: something speaks against it, all of which is told; nothing was destroyed.
        LedgerError: the ledger or the chain of acts is not what it must be.
        BooksNotCurrentError: the books hold no policy, which says how long is retained.
        FencedError, UnavailableError: it could not be put on record, and nothing was destroyed.
    """
    order = shredding.order
    if order.origin != settings.ledger_origin:
        raise InputError(f"the order is about the ledger `{order.origin}`, not `{settings.ledger_origin}`")
    vault = open_vault(folder)
    key = vault.key_of(order.month)
    books = await read_books(settings)
    policy = books.policy()
    if policy is None:
        raise BooksNotCurrentError("the books hold no policy, which says what is retained: apply one first")
    async with open_actions(settings) as log:
        done = [one for one in log.actions if one.act is AdminAct.SHRED and one.key_id == key.key_id]
        if not done:
            found = await obstacles(settings, Ground(key=key, vault=vault, books=books, now=now))
            if found:
                raise InputError(_told(order.month, found))
            act = AdminAction(
                act=AdminAct.SHRED,
                at=now,
                by=shredding.by,
                organisation=policy.policy.agency.name,
                reason=order.reason,
                key_id=key.key_id,
                orders=shredding.notes,
                seq=0,
                prev_hash=b"",
            )
            done = [await log.add(act)]
    destroy_key(folder, order.month)
    return done[0]


def _told(month: str, found: tuple[str, ...]) -> str:
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{month} cannot be shredded: {'; '.join(found[:SHOWN])}{more}"
