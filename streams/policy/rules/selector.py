"""How much is asked for: one vehicle or known reads in a bounded window, not everybody who drove by.

The need that an agreement presupposes is that of a case. A search across everything that cameras saw is a
different thing, even when the recipient, the purpose and the agreement are in order, so it holds for a
reviewer. The limits: four literal characters of a plate, a thousand ids of reads, and the policy's
`max_window` on the agency's calendar.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.read_names import is_one_read
from streams.policy.reasons import refuse
from streams.policy.request import Selector, SharingRequest
from streams.policy.vocabulary import ReasonCode

# Fewer characters leave too many vehicles to name one.
LITERALS_OF_A_PLATE = 4
MOST_READ_IDS = 1000


def selector_too_broad(case: Case) -> Reason | None:
    """A search names a plate or reads, without wildcards, in a window of the agency's length.

    A selector without any data element is missing, not broad; pushed records are named one by one.

    Real exports have wildcards inside plates, windows that end after the search, and searches of many
    thousand cameras.
    """
    selector = case.request.selector
    too_broad = _breadth_of_elements(case, selector) or _breadth_of_window(case, selector)
    if too_broad is None:
        return None
    field, message = too_broad
    return refuse(ReasonCode.SELECTOR_TOO_BROAD, field, message)


def _breadth_of_elements(case: Case, selector: Selector) -> tuple[str, str] | None:
    """Return which field names too much, or None.

    What may stand in a plate is listed, not what may not: every search has wildcards of its own.
    """
    read_ids = selector.read_ids
    literals = (selector.plate or "").replace(" ", "").replace("-", "")
    if literals and not literals.isalnum():
        return "selector.plate", "the plate holds wildcards or signs that no plate has"
    if len(read_ids) > MOST_READ_IDS:
        return "selector.read_ids", f"more than {MOST_READ_IDS} reads are named"
    if not all(map(is_one_read, read_ids)):
        return "selector.read_ids", "a blank or a wildcard stands for a read"
    if read_ids or len(literals) >= LITERALS_OF_A_PLATE or not _chooses(case.request):
        return None
    return "selector.plate", f"neither reads nor a plate of {LITERALS_OF_A_PLATE} characters are named"


def _chooses(request: SharingRequest) -> bool:
    """Tell whether the selector is what chooses the reads, and says anything at all."""
    selector = request.selector
    says = selector.plate or selector.window_from is not None or selector.window_to is not None
    return bool(says) and request.is_search


def _breadth_of_window(case: Case, selector: Selector) -> tuple[str, str] | None:
    start, end = selector.window_from, selector.window_to
    # A window that is still open would be a live feed, without the scope for one.
    if end is not None and end > case.now and not case.policy.clock_skew.covers(case.now, end, AGENCY_ZONE):
        return "selector.window_to", "the window reaches into the future"
    if start is None or end is None or case.policy.max_window.covers(start, end, AGENCY_ZONE):
        return None
    return "selector.window_from", f"the window is longer than `{case.policy.policy.max_window}`"
