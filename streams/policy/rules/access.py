"""The access record of Civ. Code 1798.90.52(a): complete before anything is released."""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.names import is_blank
from streams.policy.reasons import refuse
from streams.policy.request import Selector, SharingRequest
from streams.policy.vocabulary import ReasonCode, RequestKind


def access_record_incomplete(case: Case) -> Reason | None:
    """Time, data elements, user, organisation and purpose are on record (Civ. Code 1798.90.52(a))."""
    missing = missing_fields(case.request)
    if missing:
        code = ReasonCode.ACCESS_RECORD_INCOMPLETE
        return refuse(code, ",".join(missing), f"missing or blank: {', '.join(missing)}")
    window = case.request.selector
    if (
        window.window_from is not None
        and window.window_to is not None
        and window.window_to < window.window_from
    ):
        return refuse(
            ReasonCode.ACCESS_RECORD_INCOMPLETE, "selector.window_to", "the window ends before it starts"
        )
    return None


def missing_fields(request: SharingRequest) -> tuple[str, ...]:
    """Return the fields that the access record needs and the request lacks, in the order of the record."""
    requester = request.requested_by
    if (
        request.requested_at is not None
        and request.data_types
        and request.purpose_code is not None
        and not is_blank(requester.user)
        and not is_blank(requester.organisation)
        and not is_blank(request.reason_text)
    ):
        return _missing_elements(request)
    lacks = {
        "requested_at": request.requested_at is None,
        "data_types": not request.data_types,
        "requested_by.user": is_blank(requester.user),
        "requested_by.organisation": is_blank(requester.organisation),
        "purpose_code": request.purpose_code is None,
        "reason_text": is_blank(request.reason_text),
    }
    return (*(field for field, is_missing in lacks.items() if is_missing), *_missing_elements(request))


def _missing_elements(request: SharingRequest) -> tuple[str, ...]:
    """Return which data elements used to query are missing; pushed records are their own."""
    if request.records or request.kind is RequestKind.HOTLIST_SHARE:
        return ()
    if request.kind is RequestKind.STANDING_SHARE:
        return () if request.scopes else ("scopes",)
    return _missing_of_selector(request.selector)


def _missing_of_selector(selector: Selector) -> tuple[str, ...]:
    """Return what a search lacks. Without both ends of a window the age of what it finds is not known."""
    missing = []
    if selector.window_from is None:
        missing.append("selector.window_from")
    if selector.window_to is None:
        missing.append("selector.window_to")
    if len(missing) == 2 and is_blank(selector.plate) and not selector.read_ids:  # noqa: PLR2004  # both ends
        return ("selector.plate", *missing)
    return tuple(missing)
