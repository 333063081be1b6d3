"""The section of the public page with its numbers: requests, ended holds and legal process by quarter."""

from collections.abc import Sequence

from streams.publication.counts import SMALLEST_SHOWN, Cell, Counted, DisclosureCell, QuarterCounts
from streams.publication.html import Html, element, joined, table
from streams.publication.words import DISCLOSED, HIDDEN, VERDICTS, words

# A year of them; the files beside the page have all.
SHOWN_QUARTERS = 4


def counts_section(quarters: Sequence[QuarterCounts]) -> Html:
    """Return the newest quarters, with small numbers hidden."""
    rule = (
        f"Numbers from 1 to {SMALLEST_SHOWN - 1} are not shown, nor those from which they could be worked "
        "out, so that no single case can be recognised. A quarter is counted once it is over."
    )
    shown = quarters[:SHOWN_QUARTERS]
    if not shown:
        return joined((element("p", rule), element("p", "No quarter with requests is over yet.")))
    return joined((element("p", rule), *(_quarter(one) for one in shown)))


def _quarter(one: QuarterCounts) -> Html:
    name = str(one.quarter)
    key = name.replace(" ", "-").lower()
    decided, disclosed = "Decision and its first reason", "Legal process and what became of it"
    tables = (
        (f"Requests decided in {name}", decided, "requests", _decisions(one.requests)),
        (f"Held requests that ended in {name}", decided, "ended", _decisions(one.resolutions)),
        (f"Disclosures by legal process in {name}", disclosed, "disclosures", _disclosures(one.disclosures)),
    )
    parts = [
        table(caption, (head, "Number"), rows, f"{key}-{suffix}")
        for caption, head, suffix, rows in tables
        # The last row is the sum, and there is no table of nothing.
        if len(rows) > 1
    ]
    return joined((element("h3", name), *parts))


def _decisions(counted: Counted[Cell]) -> list[tuple[str, str]]:
    rows = [
        (VERDICTS[verdict] if reason is None else f"{VERDICTS[verdict]}: {words(reason.lower())}", count)
        for (verdict, reason), count in counted.cells.items()
    ]
    return _numbered(rows, counted.total)


def _disclosures(counted: Counted[DisclosureCell]) -> list[tuple[str, str]]:
    rows = [
        (f"{words(kind)}: {DISCLOSED[verdict]}", count) for (kind, verdict), count in counted.cells.items()
    ]
    return _numbered(rows, counted.total)


def _numbered(rows: list[tuple[str, int | None]], total: int | None) -> list[tuple[str, str]]:
    return [(told, HIDDEN if count is None else f"{count:,}") for told, count in (*rows, ("all", total))]
