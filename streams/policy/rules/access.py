"""The access record of Civ. Code 1798.90.52(a): complete before anything is released.

The statute has whoever accesses or provides access keep date and time, the plate or other data elements used
to query, the user with the organisation, and the purpose. Audit exports of real systems hold searches with a
blank reason, so each of them is asked for before the release, when it can still be had. Whether the purpose
given is a real one is not asked here but in `streams.policy.rules.screening`.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.names import is_blank
from streams.policy.reasons import refuse
from streams.policy.request import Selector, SharingRequest
from streams.policy.vocabulary import ReasonCode, RequestKind

# Named here because looking a member up on its enum costs as much as the rest of a rule.
_STANDING_SHARE = RequestKind.STANDING_SHARE


def access_record_incomplete(case: Case) -> Reason | None:
    """Time, data elements, user, organisation and purpose are on record (Civ. Code 1798.90.52(a)).

    It holds: what is missing the requester can supply. A value drawn as nothing (a blank of Unicode, a joiner
    of no width) is missing too, for no auditor could read it. A window that ends before it starts names no
    data elements.
    """
    missing = missing_fields(case.request)
    if missing:
        code = ReasonCode.ACCESS_RECORD_INCOMPLETE
        return refuse(code, ",".join(missing), f"missing or blank: {', '.join(missing)}")
    start, end = case.request.selector.window_from, case.request.selector.window_to
    if start is None or end is None or start <= end:
        return None
    message = "the window ends before it starts"
    return refuse(ReasonCode.ACCESS_RECORD_INCOMPLETE, "selector.window_to", message)


def missing_fields(request: SharingRequest) -> tuple[str, ...]:
    """Return the fields that the access record needs and the request lacks, in the order of the record.

    The names are those of the request's fields (`selector.window_to`), as a supplement has to give them.
    """
    elements = _missing_elements(request)
    requester = request.requested_by
    # The common case: nothing is missing, and the table of what could be is never built.
    if (
        request.requested_at is not None
        and request.data_types
        and request.purpose_code is not None
        and not (is_blank(requester.user) or is_blank(requester.organisation))
        and not is_blank(request.reason_text)
    ):
        return elements
    lacks = {
        "requested_at": request.requested_at is None,
        "data_types": not request.data_types,
        "requested_by.user": is_blank(requester.user),
        "requested_by.organisation": is_blank(requester.organisation),
        "purpose_code": request.purpose_code is None,
        "reason_text": is_blank(request.reason_text),
    }
    return (*(field for field, is_missing in lacks.items() if is_missing), *elements)


def _missing_elements(request: SharingRequest) -> tuple[str, ...]:
    """Return which data elements used to query are missing; pushed records are their own, by their ids."""
    selector = request.selector
    # Pushed records are on the access record by their ids, so one without an id would be on none.
    if request.records and any(is_blank(record.read_id) for record in request.records):
        return ("records",)
    if request.kind is _STANDING_SHARE:
        return () if request.scopes else ("scopes",)
    if (selector.window_from is not None and selector.window_to is not None) or not request.is_search:
        return ()
    return _missing_of_selector(selector)


def _missing_of_selector(selector: Selector) -> tuple[str, ...]:
    """Return what a search lacks. Without both ends of a window the age of what it finds is not known."""
    if selector.window_from is not None:
        return ("selector.window_to",)
    if selector.window_to is not None:
        return ("selector.window_from",)
    window = ("selector.window_from", "selector.window_to")
    return window if selector.plate or selector.read_ids else ("selector.plate", *window)
