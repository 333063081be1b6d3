"""The part of the public page on partners' searches in the vendor's product."""

from collections.abc import Sequence

from streams.publication.html import Html, element, joined, table
from streams.publication.page_counts import SHOWN_QUARTERS
from streams.publication.partner_counts import PartnerQuarter

NOT_GIVEN = (
    "How many searches other agencies made in the vendor's product is not counted here: no log of the "
    "vendor's was given."
)
RULE = (
    "Searches that other agencies made in the vendor's product, by the vendor's own log, each compared with "
    "the agreements in force at that moment. What no agreement explains should not have been possible."
)


def partners_section(partners: Sequence[PartnerQuarter] | None) -> Html:
    """Return the newest quarters, or that nothing was given to count."""
    heading = element("h3", "Searches by other agencies")
    if partners is None:
        return joined((heading, element("p", NOT_GIVEN)))
    if not partners:
        return joined((heading, element("p", RULE), element("p", "No quarter with searches is over yet.")))
    rows = (
        (str(one.quarter), f"{one.accesses:,}", f"{one.unexplained:,}") for one in partners[:SHOWN_QUARTERS]
    )
    head = ("Quarter", "Searches", "Without an agreement in force")
    counted = table("Searches by other agencies, by quarter", head, rows, "partners-table")
    return joined((heading, element("p", RULE), counted))
