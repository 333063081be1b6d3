"""Does the agreement cover what is asked? An empty list covers nothing, and asks for nothing."""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.terms import Terms
from streams.policy.vocabulary import ReasonCode, Scope

_LIVE = Scope.VMS_LIVE


def scope_not_covered(case: Case, terms: Terms) -> Reason | None:
    """Data types, scopes, networks and age lie within the agreement (Special Order 31)."""
    outside = _outside_lists(case.request, terms) or _outside_records(case.request, terms)
    if outside is None and case.age is not None and not _covers_age(case, terms):
        outside = case.oldest_field, f"reads older than `{terms.agreement.max_record_age}`"
    if outside is None:
        return None
    field, what = outside
    message = f"agreement `{terms.agreement_id}` does not cover {what}"
    return refuse(ReasonCode.SCOPE_NOT_COVERED, field, message)


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
    if request.scopes and not terms.scopes.issuperset(request.scopes):
        return "scopes", "all scopes asked for"
    if terms.networks is not None and not terms.networks.issuperset(request.networks):
        return "networks", "all networks asked for"
    if not terms.agreement.live_feed and _LIVE in request.scopes:
        return "scopes", "a live feed"
    return None


def _outside_records(request: SharingRequest, terms: Terms) -> tuple[str, str] | None:
    for record in request.records:
        if record.data_type not in terms.data_types:
            return "records", "the data type of every record"
        if terms.networks is not None and record.network not in terms.networks:
            return "records", "the network of every record"
    return None


def _covers_age(case: Case, terms: Terms) -> bool:
    """Tell whether the oldest read is young enough; an age limit that cannot be read covers no age."""
    span, zone = terms.max_record_age, terms.zone
    if span is None or zone is None or case.oldest is None or case.age is None:
        return False
    return case.age < span.shortest or not span.is_over(case.oldest, case.now, zone)
