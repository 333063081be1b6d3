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
from streams.custody.action_log import ActionLog, open_actions
from streams.custody.obstacles import Ground, evidence_obstacles, obstacles
from streams.errors import BooksNotCurrentError, InputError
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.sealed import MonthKey
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

    `folder` is the vault; its copies are for whoever made them to destroy. A run that broke off behind the
    record is taken up by another one, which asks everything again as long as the key is there.

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
    async with open_actions(settings) as chain:
        if not vault.has(order.month) and (known := _on_record(chain, order.month)):
            # A run broke off in between: the key is overwritten, and its file may be there still.
            destroy_key(folder, order.month)
            return known
        key = vault.key_of(order.month)
        agency = await _agency_that_may(settings, key, now)
        act = _on_record(chain, key.key_id) or await chain.add(_act(shredding, key.key_id, agency, now))
        destroy_key(folder, order.month)
    return act


async def _agency_that_may(settings: Settings, key: MonthKey, now: datetime) -> str:
    """Return the name of the agency, once nothing speaks against it."""
    books = await read_books(settings)
    found = await obstacles(settings, Ground(key=key, books=books, now=now))
    # Read again: the ledger took its time, and a hold that was put on the books meanwhile counts.
    books = await read_books(settings)
    found = found or evidence_obstacles(Ground(key=key, books=books, now=now))
    if found:
        raise InputError(_told(key.month, found))
    policy = books.policy()
    if policy is None:
        raise BooksNotCurrentError("the books hold no policy, which says what is retained: apply one first")
    return policy.policy.agency.name


def _on_record(chain: ActionLog, beginning: str) -> AdminAction | None:
    """Return the act by which a key was destroyed whose id begins so: a whole id, or a month."""
    shredded = (act for act in chain.acts if act.act is AdminAct.SHRED)
    return next((act for act in shredded if (act.key_id or "").startswith(beginning)), None)


def _act(shredding: Shredding, key_id: str, agency: str, now: datetime) -> AdminAction:
    return AdminAction(
        act=AdminAct.SHRED,
        at=now,
        by=shredding.by,
        organisation=agency,
        reason=shredding.order.reason,
        key_id=key_id,
        orders=shredding.notes,
        seq=0,
        prev_hash=b"",
    )


def _told(month: str, found: tuple[str, ...]) -> str:
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{month} cannot be shredded: {'; '.join(found[:SHOWN])}{more}"
