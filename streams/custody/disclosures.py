"""Disclosures by legal process, as the ledger has them: what became of each, and nothing that is sealed."""

from streams.custody.records import ledger_records
from streams.errors import InputError
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import RecordKind
from streams.settings import Settings


async def read_disclosures(settings: Settings) -> tuple[LedgerRecord, ...]:
    """Return the records of all disclosures, the newest first.

    Raises:
        LedgerError: a record of the ledger cannot be read.
        UnavailableError: no broker answers.
    """
    found = [one async for one in ledger_records(settings) if one.kind is RecordKind.DISCLOSURE]
    return tuple(sorted(found, key=lambda one: one.decided_at, reverse=True))


async def find_disclosure(settings: Settings, decision_id: str) -> LedgerRecord:
    """Return the record of a disclosure by its decision id.

    Raises:
        InputError: there is none.
        LedgerError: a record of the ledger cannot be read.
        UnavailableError: no broker answers.
    """
    records = ledger_records(settings, containing=decision_id.encode())
    found = [one async for one in records if one.kind is RecordKind.DISCLOSURE]
    for one in found:
        if one.decision_id == decision_id:
            return one
    raise InputError(f"there is no disclosure `{decision_id}`; `alpr-gate disclosure list` shows all")
