"""Opening one access record: on record first, then to be seen.

Whoever opens a record has accessed ALPR information, so that itself is recorded as Civ. Code 1798.90.52(a)
asks: when, which record, who, for which organisation and for what purpose.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.books.loader import read_books
from streams.codecs.access import open_access
from streams.codecs.vault import Vault
from streams.custody.action_log import open_actions
from streams.custody.records import find_access
from streams.errors import BooksNotCurrentError, InputError
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.record import LedgerRecord
from streams.policy.decision import Access
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Who opens which record, and why."""

    decision_id: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A ledger record, what it held sealed, and the act that opened it."""

    record: LedgerRecord
    access: Access
    act: AdminAction


async def open_decision(settings: Settings, vault: Vault, opening: Opening, now: datetime) -> Opened:
    """Return the access record of a decision, once it is on record that it was opened.

    Raises:
        InputError: there is no such access record, or its key is gone; who opens it or why is blank.
        LedgerError: the record does not open, or the chain of administrative acts does not verify.
        BooksNotCurrentError: the books hold no policy, which names the agency that opens it.
        FencedError, UnavailableError: it could not be put on record, so nothing is shown.
    """
    require_who_and_why(opening)
    organisation = await agency_name(settings)
    record = await find_access(settings, opening.decision_id)
    # Before it goes on record that it was opened: what does not open was not seen by anybody.
    access = open_access(record, vault)
    act = await put_on_record(settings, opening, record.decision_id, organisation, now)
    return Opened(record=record, access=access, act=act)


def require_who_and_why(opening: Opening) -> None:
    """Refuse to open anything for nobody, or for no reason.

    Raises:
        InputError: who opens it or why is blank.
    """
    if not opening.by.strip() or not opening.reason.strip():
        raise InputError("expected who opens the record, and why: both stay on record")


async def put_on_record(
    settings: Settings, opening: Opening, record_id: DecisionId, organisation: str, now: datetime
) -> AdminAction:
    """Add the act of opening that record to the chain of administrative acts, and return it.

    Raises:
        LedgerError: the chain does not verify.
        FencedError, UnavailableError: it could not be put on record.
    """
    async with open_actions(settings) as chain:
        return await chain.add(
            AdminAction(
                act=AdminAct.OPEN,
                at=now,
                by=opening.by,
                organisation=organisation,
                reason=opening.reason,
                decision_id=record_id,
                seq=0,
                prev_hash=b"",
            )
        )


async def agency_name(settings: Settings) -> str:
    """Return the name of the agency whose ledger it is.

    Raises:
        BooksNotCurrentError: the books hold no policy.
        UnavailableError: no broker answers.
    """
    policy = (await read_books(settings)).policy()
    if policy is None:
        raise BooksNotCurrentError("the books hold no policy, which names the agency: apply one first")
    return policy.policy.agency.name
