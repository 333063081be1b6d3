"""How disclosures by legal process look, and what became of one."""

from collections.abc import Callable, Mapping

from streams.cli.books_output import grid, phrase
from streams.cli.terminal import console
from streams.errors import InputError
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import Verdict


def disclosure_columns() -> Mapping[str, Callable[[LedgerRecord], str]]:
    """Return the columns, the most wanted first."""
    return {
        "decision id": lambda one: one.decision_id,
        "became": _became,
        "authority": lambda one: one.authority or "-",
        "reason": lambda one: one.leading_reason or "-",
        "disclosure id": lambda one: one.request_id or "-",
        "decided": lambda one: f"{one.decided_at:%Y-%m-%d %H:%M}Z",
    }


def _became(record: LedgerRecord) -> str:
    return "ordered" if record.verdict is Verdict.FORWARD else "refused"


def print_disclosure(record: LedgerRecord) -> None:
    """Print one disclosure: each column in a line, and each reason in words."""
    table = grid("", "")
    for name, column in disclosure_columns().items():
        table.add_row(phrase(name), phrase(column(record)))
    if record.payload_digest is not None:
        table.add_row(phrase("digest of the order"), phrase(record.payload_digest))
    for reason in record.reasons:
        table.add_row(phrase(reason.code), phrase(f"{reason.message} [{reason.field}] ({reason.clause})"))
    console().print(table)


def tell_disclosed(record: LedgerRecord) -> None:
    """Print what the gate made of a disclosure.

    Raises:
        InputError: it refused it; nothing is disclosed.
    """
    place = f"on record as {record.partition}/{record.seq}, decision {record.decision_id}"
    if record.verdict is not Verdict.FORWARD:
        why = "; ".join(f"{one.code}: {one.message} [{one.field}]" for one in record.reasons)
        raise InputError(f"the gate refused the disclosure: {why}; {place}")
    console().print(f"[green]ordered[/] of the records officer, {place}")
