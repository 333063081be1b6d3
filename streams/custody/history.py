"""What the ledger has about one request: the decision, the repeats of it, what resolved its hold."""

from streams.custody.records import ledger_records
from streams.errors import InputError
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings


async def history_of(settings: Settings, decision_id: str) -> tuple[LedgerRecord, ...]:
    """Return the records with that id, and all that they follow or that follow them, oldest first.

    The ledger is read once for each id among them, which are few: a hold has at most one resolution.

    Raises:
        InputError: no record has that id.
        LedgerError: the ledger cannot be read as a whole.
        UnavailableError: no broker answers.
    """
    found: dict[tuple[int, int], LedgerRecord] = {}
    done: set[str] = set()
    wanted = {decision_id}
    while wanted:
        each = wanted.pop()
        done.add(each)
        for record in await _about(settings, each):
            found[record.partition, record.seq] = record
            wanted |= _ids_of(record) - done
        if not found:
            raise InputError(f"there is no decision `{decision_id}` in the ledger")
    return tuple(found[place] for place in sorted(found))


async def _about(settings: Settings, decision_id: str) -> list[LedgerRecord]:
    return [
        record
        async for record in ledger_records(settings, containing=decision_id.encode())
        if decision_id in _ids_of(record)
    ]


def _ids_of(record: LedgerRecord) -> set[DecisionId]:
    return {record.decision_id} if record.follows is None else {record.decision_id, record.follows}
