"""How much was searched, and how far back: one vehicle of a case, or everybody who drove by."""

import re
from collections.abc import Iterator

from streams.policy.durations import Duration
from streams.policy.evidence_cover import Limit, reaches_unnamed
from streams.policy.names import is_blank
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.query_checks.case import QueryCase, is_untold
from streams.policy.query_finding import QueryFinding, found
from streams.policy.read_names import plate_key
from streams.policy.request import Selector
from streams.policy.rules.selector import LITERALS_OF_A_PLATE
from streams.policy.vocabulary import ReasonCode

# The longest list of shares on a Californian portal has 683 names: more networks reach beyond the state.
MOST_NETWORKS = 700
# A look-up in so many networks covers about 16,000 cameras in real exports.
MOST_DEVICES = 20_000
_BROAD = ReasonCode.SELECTOR_TOO_BROAD
# California's plates of cars: 7ABC123. Others are told apart from numbers of cases only beside the plate.
_CALIFORNIAN = re.compile(r"[0-9][A-Z]{3}[0-9]{3}", re.ASCII)


def selector_too_broad(case: QueryCase) -> Iterator[QueryFinding]:
    """A search is for one plate, in a bounded window, over networks that a case can need.

    Half of the searches of a real export went over many networks, the widest over 6,709 with 100,034 cameras.
    A number that is 0 or missing proves nothing: vendors write both for what they do not tell.
    """
    event, max_window = case.event, case.policy.policy.max_window
    yield from _breadth_of_plate(case)
    if event.networks_searched is not None and event.networks_searched > MOST_NETWORKS:
        yield found(_BROAD, "networks_searched", f"more than {MOST_NETWORKS} networks were searched")
    if event.devices_searched is not None and event.devices_searched > MOST_DEVICES:
        yield found(_BROAD, "devices_searched", f"more than {MOST_DEVICES} cameras were searched")
    start, end = event.window_from, event.window_to
    if start is not None and end is not None and not case.policy.max_window.covers(start, end, AGENCY_ZONE):
        yield found(_BROAD, "window_from", f"the window is longer than `{max_window}`")


def retention_exceeded(case: QueryCase) -> Iterator[QueryFinding]:
    """A window that starts before reads are visible found what nobody should see (Special Order 31).

    463 searches of a real export reached back beyond the retention, up to 524 days where there were to be
    thirty. What an evidence hold of the search's own case names may be older.
    """
    policy = case.policy.policy
    if _reaches_beyond(case, case.policy.retained_for):
        message = f"reaches back beyond permanent deletion after `{policy.retained_for}`"
        yield found(ReasonCode.RETENTION_EXCEEDED, "window_from", message)
    if _reaches_beyond(case, case.policy.visible_for):
        message = f"reaches back beyond logical deletion after `{policy.visible_for}`"
        yield found(ReasonCode.LOGICALLY_DELETED, "window_from", message)


def case_number_missing(case: QueryCase) -> Iterator[QueryFinding]:
    """A case number is given where the policy asks for one, and no plate stands in its place.

    Plates have been typed into that field, where no reader of an export expects to find one.
    """
    number = case.event.case_number
    if _is_plate(number, case.event.plate):
        message = "a plate stands where the case number belongs"
        yield found(ReasonCode.CASE_NUMBER_MISSING, "case_number", message)
    elif is_blank(number) and case.policy.policy.require_case_number:
        yield found(ReasonCode.CASE_NUMBER_MISSING, "case_number", "the agency asks for a case number")


def _breadth_of_plate(case: QueryCase) -> Iterator[QueryFinding]:
    if is_untold(case.event.plate):
        return
    plate = (case.event.plate or "").replace(" ", "").replace("-", "")
    if sum(map(str.isalnum, plate)) < LITERALS_OF_A_PLATE:
        yield found(_BROAD, "plate", f"fewer than {LITERALS_OF_A_PLATE} characters of the plate are given")
    elif not plate.isalnum():
        yield found(_BROAD, "plate", "the plate holds wildcards or signs that no plate has")


def _reaches_beyond(case: QueryCase, span: Duration) -> bool:
    event = case.event
    selector = Selector(plate=event.plate, window_from=event.window_from, window_to=event.window_to)
    covers = case.books.evidence_of(event.case_number, case.at)
    return reaches_unnamed(selector, covers, Limit(span, case.at, AGENCY_ZONE))


def _is_plate(number: str | None, plate: str | None) -> bool:
    """Tell whether it reads like the plate that was searched for, or like one of California."""
    key = plate_key(number)
    return key is not None and (key == plate_key(plate) or _CALIFORNIAN.fullmatch(key) is not None)
