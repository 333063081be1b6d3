"""Does the agreement cover what is asked? An empty list covers nothing, and asks for nothing."""

from datetime import datetime

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.terms import Terms
from streams.policy.vocabulary import ReasonCode, Scope


def scope_not_covered(case: Case, terms: Terms) -> Reason | None:
    """Data types, scopes, networks and age lie within the agreement (Special Order 31)."""
    outside = _outside_lists(case.request, terms) or _outside_records(case.request, terms)
    if outside is None and not _covers_ages(case, terms):
        outside = ("selector.window_from", f"reads older than `{terms.agreement.max_record_age}`")
    if outside is None:
        return None
    field, what = outside
    return refuse(
        ReasonCode.SCOPE_NOT_COVERED, field, f"agreement `{terms.agreement_id}` does not cover {what}"
    )


def purpose_not_covered(case: Case, terms: Terms) -> Reason | None:
    """The purpose is one of the agreement's; a missing one is left to the access record."""
    purpose = case.request.purpose_code
    if purpose is None or purpose in terms.purposes:
        return None
    message = f"agreement `{terms.agreement_id}` does not cover purpose `{purpose}`"
    return refuse(ReasonCode.PURPOSE_NOT_COVERED, "purpose_code", message)


def _outside_lists(request: SharingRequest, terms: Terms) -> tuple[str, str] | None:
    if not terms.data_types.issuperset(request.data_types):
        return "data_types", "all data types asked for"
    if not terms.scopes.issuperset(request.scopes):
        return "scopes", "all scopes asked for"
    if terms.networks is not None and not terms.networks.issuperset(request.networks):
        return "networks", "all networks asked for"
    if Scope.VMS_LIVE in request.scopes and not terms.agreement.live_feed:
        return "scopes", "a live feed"
    return None


def _outside_records(request: SharingRequest, terms: Terms) -> tuple[str, str] | None:
    for record in request.records:
        if record.data_type not in terms.data_types:
            return "records", "the data type of every record"
        if terms.networks is not None and record.network not in terms.networks:
            return "records", "the network of every record"
    return None


def _covers_ages(case: Case, terms: Terms) -> bool:
    """Tell whether all reads are young enough; an age limit that cannot be read covers no age."""
    start = case.request.selector.window_from
    return (start is None or _covers_age(start, case.now, terms)) and all(
        _covers_age(record.captured_at, case.now, terms) for record in case.request.records
    )


def _covers_age(start: datetime, now: datetime, terms: Terms) -> bool:
    age, zone = terms.max_record_age, terms.zone
    return age is not None and zone is not None and not age.is_over(start, now, zone)
