"""How much is asked for: one vehicle or known reads in a bounded window, not everybody who drove by."""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.reasons import refuse
from streams.policy.request import Selector
from streams.policy.vocabulary import ReasonCode, RequestKind

LITERALS_OF_A_PLATE = 4
MOST_READ_IDS = 1000
_WILDCARDS = frozenset("*?%_#[]")
_KINDS_WITHOUT_SELECTOR = frozenset({RequestKind.STANDING_SHARE, RequestKind.HOTLIST_SHARE})


def selector_too_broad(case: Case) -> Reason | None:
    """A search names a plate or reads, without wildcards, in a window of the agency's length.

    A selector without any data element is missing, not broad; pushed records are named one by one.
    """
    selector = case.request.selector
    too_broad = _breadth_of_elements(case, selector) or _breadth_of_window(case, selector)
    if too_broad is None:
        return None
    field, message = too_broad
    return refuse(ReasonCode.SELECTOR_TOO_BROAD, field, message)


def _breadth_of_elements(case: Case, selector: Selector) -> tuple[str, str] | None:
    plate, read_ids = selector.plate or "", selector.read_ids
    if not read_ids and len(plate) >= LITERALS_OF_A_PLATE and plate.isalnum():
        return None
    if not _WILDCARDS.isdisjoint(plate):
        return "selector.plate", "the plate holds wildcards"
    if len(read_ids) > MOST_READ_IDS:
        return "selector.read_ids", f"more than {MOST_READ_IDS} reads are named"
    if any(read_ids) or sum(map(str.isalnum, plate)) >= LITERALS_OF_A_PLATE or not _is_search(case, selector):
        return None
    return "selector.plate", f"neither reads nor a plate of {LITERALS_OF_A_PLATE} characters are named"


def _is_search(case: Case, selector: Selector) -> bool:
    """Tell whether the selector is what chooses the reads, and says anything at all."""
    if case.request.records or case.request.kind in _KINDS_WITHOUT_SELECTOR:
        return False
    return bool(selector.plate) or selector.window_from is not None or selector.window_to is not None


def _breadth_of_window(case: Case, selector: Selector) -> tuple[str, str] | None:
    start, end = selector.window_from, selector.window_to
    if end is not None and end > case.now and not case.policy.clock_skew.covers(case.now, end, AGENCY_ZONE):
        return "selector.window_to", "the window reaches into the future"
    if start is None or end is None or case.policy.max_window.covers(start, end, AGENCY_ZONE):
        return None
    return "selector.window_from", f"the window is longer than `{case.policy.policy.max_window}`"
