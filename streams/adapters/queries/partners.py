"""Searches of an export as accesses of partners: who and when, and nothing of what they searched for."""

from collections.abc import Iterable

from streams.adapters.queries.rejected import Rejected
from streams.policy.partner_access import PartnerAccess
from streams.policy.query_event import QueryEvent
from streams.policy.vocabulary import QueryId


def partner_accesses(
    rows: Iterable[QueryEvent | Rejected],
) -> tuple[tuple[PartnerAccess, ...], tuple[str, ...]]:
    """Return the accesses, a search that is told twice once, and why each other row is none.

    A count with rows left out is wrong, so whoever counts has to tell both.
    """
    accesses: dict[QueryId, PartnerAccess] = {}
    left_out: list[str] = []
    for row in rows:
        if isinstance(row, Rejected):
            left_out.append(f"line {row.line}: {row.message}")
        elif row.searched_at is None:
            where = "" if row.imported_from is None else f"line {row.imported_from.line}: "
            left_out.append(f"{where}a search without a time")
        else:
            accesses[row.query_id] = PartnerAccess(organisation=row.organisation, at=row.searched_at)
    return tuple(accesses.values()), tuple(left_out)
