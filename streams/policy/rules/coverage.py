"""Does the agreement cover what is asked? An empty list covers nothing, and asks for nothing.

The real request carries a set of permissions and is granted for each network, not for each organisation: one
organisation may own many networks. So the agreement is matched on data types, scopes, networks, purposes and
the age of the reads, and never on the entity alone. Nothing is narrowed here to make it fit: what is asked
for is covered as a whole or it is refused, and `streams.policy.minimise` strips what is not needed
afterwards.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.terms import Terms
from streams.policy.vocabulary import ReasonCode, RequestKind, Scope

_LIVE, _HOT_LIST = Scope.VMS_LIVE, Scope.HOT_LIST
_HOTLIST_SHARE = RequestKind.HOTLIST_SHARE


def scope_not_covered(case: Case, terms: Terms) -> Reason | None:
    """Data types, scopes, networks and age lie within the agreement (Special Order 31).

    The reason names the first field that lies outside, in the order data types, scopes, networks, kind, live
    feed, records, age. Names of networks are free text and are not repeated in the message.
    """
    request = case.request
    outside = _outside_lists(request, terms)
    if outside is None and request.records:
        outside = _outside_records(request, terms)
    if outside is None and not _covers_age(case, terms):
        outside = case.oldest_field, f"reads older than `{terms.agreement.max_record_age}`"
    if outside is None:
        return None
    field, what = outside
    message = f"agreement `{terms.agreement_id}` does not cover {what}"
    return refuse(ReasonCode.SCOPE_NOT_COVERED, field, message)


def purpose_not_covered(case: Case, terms: Terms) -> Reason | None:
    """The purpose is one of the agreement's; a missing one is left to the access record.

    An agreement may allow fewer purposes than the agency authorises (Special Order 31 lists six). One that
    lists more gains nothing by it: that purpose is refused by the agency's own rule.
    """
    # `UNKNOWN` is in no agreement: compiled terms leave it out.
    purpose = case.request.purpose_code
    if purpose is None or purpose in terms.purposes:
        return None
    message = f"agreement `{terms.agreement_id}` does not cover purpose `{purpose}`"
    return refuse(ReasonCode.PURPOSE_NOT_COVERED, "purpose_code", message)


def _outside_lists(request: SharingRequest, terms: Terms) -> tuple[str, str] | None:
    if not terms.data_types.issuperset(request.data_types):
        return "data_types", "all data types asked for"
    # No scope asked for is none needed: a single release uses no permission of the vendor's system.
    if not terms.scopes.issuperset(request.scopes):
        return "scopes", "all scopes asked for"
    if terms.networks is not None and not terms.networks.issuperset(request.networks):
        return "networks", "all networks asked for"
    if request.kind is _HOTLIST_SHARE and _HOT_LIST not in terms.scopes:
        # The kind asks for the permission, whether the list of scopes says so or not.
        return "kind", "a hot list"
    if not terms.live_feed and _LIVE in request.scopes:
        return "scopes", "a live feed"
    return None


def _outside_records(request: SharingRequest, terms: Terms) -> tuple[str, str] | None:
    """Return which records lie outside the agreement, or outside what the request says that it is for.

    An image among records announced as plate reads would be on no access record (Civ. Code 1798.90.52(a)).
    """
    for record in request.records:
        if record.data_type not in terms.data_types or record.data_type not in request.data_types:
            return "records", "the data type of every record, as asked for"
        if terms.networks is not None and record.network not in terms.networks:
            return "records", "the network of every record"
        if request.networks and record.network not in request.networks:
            return "records", "the network of every record, as asked for"
    return None


def _covers_age(case: Case, terms: Terms) -> bool:
    """Tell whether the oldest read is young enough.

    A limit that cannot be read covers no age, not even of reads to come: standing shares have no oldest.
    """
    span, zone = terms.max_record_age, terms.zone
    if span is None or zone is None:
        return False
    if case.oldest is None or case.age is None:
        return True
    return case.age < span.shortest or not span.is_over(case.oldest, case.now, zone)
