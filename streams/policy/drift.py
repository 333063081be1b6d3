"""What a vendor says is open against the books: who has access that no agreement gives.

Each share is judged by the rules that a request for it would be, so that nothing is in order at the vendor's
that the gate would refuse. It is judged network by network and scope by scope: a switch was on for one camera
of thirty where everybody looked at organisations alone.

A share that came back after it was removed is a finding by itself, until the contract is reviewed or agreed
anew: somebody had decided to close it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from streams.policy.alert import Severity
from streams.policy.books import BooksView
from streams.policy.case import Case, open_case
from streams.policy.decision import Reason
from streams.policy.digest import derived_id
from streams.policy.eligibility import BAR_CODES
from streams.policy.judge import nearest
from streams.policy.names import tidy
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import ORDER, ROWS, refuse
from streams.policy.request import Requester, SharingRequest
from streams.policy.resolver import is_agency
from streams.policy.rules import AGREEMENT_RULES, REQUEST_RULES
from streams.policy.share_memory import Share
from streams.policy.terms import Terms
from streams.policy.vocabulary import (
    AgreementId,
    EntityId,
    Initiator,
    ReasonCode,
    RequestId,
    RequestKind,
    Scope,
)

_C = ReasonCode
_BARS = tuple(rule for code, rule in REQUEST_RULES if code in BAR_CODES)
_LOCAL = tuple(rule for code, rule in REQUEST_RULES if code is _C.NOT_LOCAL_LAW_ENFORCEMENT)
# All that can be found about an open share.
DRIFT_CODES = (
    *(code for code, _ in REQUEST_RULES if code in BAR_CODES),
    _C.NOT_LOCAL_LAW_ENFORCEMENT,
    _C.NO_AGREEMENT,
    *(code for code, _ in AGREEMENT_RULES),
    _C.SHARE_CAME_BACK,
)
# A request that is refused has let nothing through; an open share has, so it is told one step more loudly.
_LOUDER = {
    Severity.LOW: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.HIGH: Severity.CRITICAL,
    Severity.CRITICAL: Severity.CRITICAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that an open share fails, on one network, with all scopes for which it does.

    `finding_id` is the same whenever the same is found. `entity_id` is None for who is not in the registry,
    and `agreement_id` names the agreement that comes nearest. `recipient_name` and `network` are as given.
    """

    finding_id: str
    reason: Reason
    severity: Severity
    vendor: str
    network: str
    recipient_name: str
    scopes: tuple[Scope, ...]
    entity_id: EntityId | None
    agreement_id: AgreementId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """One reason against one part of a share, and the agreement that it was asked of."""

    reason: Reason
    entity_id: EntityId | None
    terms: Terms | None


def drift_of(
    shares: Iterable[Share], books: BooksView, policy: PolicyInForce, now: datetime
) -> tuple[Finding, ...]:
    """Return what is wrong with these shares at `now`, by network and recipient, in rule order.

    What is closed is never wrong, and neither is the agency's own access.
    """
    grouped: dict[tuple[str, str, str, Reason], list[tuple[Share, _Failure]]] = {}
    for share in shares:
        if not share.is_open or is_agency(share.recipient_name, policy, books):
            continue
        for failure in _failures(share, books, policy, now):
            key = (share.vendor, share.network, tidy(share.recipient_name), failure.reason)
            grouped.setdefault(key, []).append((share, failure))
    found = [_finding([share for share, _ in parts], parts[0][1]) for parts in grouped.values()]
    return tuple(sorted(found, key=_rank))


def _rank(finding: Finding) -> tuple[str, str, int, str]:
    return finding.network, tidy(finding.recipient_name), ORDER[finding.reason.code], finding.finding_id


def reasons_against(
    share: Share, books: BooksView, policy: PolicyInForce, now: datetime
) -> tuple[Reason, ...]:
    """Return all that speaks against one part of a share at `now`, whatever was open before."""
    return _judged(open_case(_request(share, now), books, policy, now))[0]


def _failures(share: Share, books: BooksView, policy: PolicyInForce, now: datetime) -> Iterator[_Failure]:
    case = open_case(_request(share, now), books, policy, now)
    reasons, terms = _judged(case)
    entity_id = None if case.standing is None else case.standing.entity_id
    for reason in reasons:
        yield _Failure(reason=reason, entity_id=entity_id, terms=terms)
    if share.removed_at is not None and (reasons or not _renewed(terms, share.removed_at)):
        day = share.removed_at.date().isoformat()
        reason = refuse(_C.SHARE_CAME_BACK, "recipient_name", f"removed on {day}, and open again")
        yield _Failure(reason=reason, entity_id=entity_id, terms=terms)


def _judged(case: Case) -> tuple[tuple[Reason, ...], Terms | None]:
    """Return all that speaks against the share, and the agreement that covers it or comes nearest."""
    bars = tuple(reason for rule in _BARS if (reason := rule(case)) is not None)
    # With whom the statute forbids to share an agreement could change nothing, so none is missed.
    if bars or case.standing is None:
        return bars, None
    class_reasons = tuple(reason for rule in _LOCAL if (reason := rule(case)) is not None)
    candidates = [terms for terms in case.standing.terms if _gives_access(terms)]
    lacking, terms = nearest(case, candidates or case.standing.terms)
    if terms is not None and not candidates and all(one.code is not _C.SCOPE_NOT_COVERED for one in lacking):
        message = f"agreement `{terms.agreement_id}` gives no standing access"
        lacking = (*lacking, refuse(_C.SCOPE_NOT_COVERED, "scopes", message))
    return (*class_reasons, *lacking), terms


def _gives_access(terms: Terms) -> bool:
    """Tell whether it gives any scope on any network: a list that names none shows access all the same."""
    return bool(terms.scopes) and (terms.networks is None or bool(terms.networks))


def _renewed(terms: Terms | None, removed_at: datetime) -> bool:
    """Tell whether what covers the share was agreed or reviewed after it was removed."""
    return terms is not None and (
        terms.start > removed_at or (terms.reviewed_at is not None and terms.reviewed_at > removed_at)
    )


def _request(share: Share, now: datetime) -> SharingRequest:
    """Return the share as the standing request that would have had to be granted."""
    return SharingRequest(
        request_id=RequestId(""),
        kind=RequestKind.STANDING_SHARE,
        initiated_by=Initiator.RECIPIENT,
        recipient_name=share.recipient_name,
        requested_by=Requester(user="", organisation=share.recipient_name),
        scopes=() if share.scope is None else (share.scope,),
        networks=(share.network,) if share.network else (),
        requested_at=now,
    )


def _finding(shares: Sequence[Share], failure: _Failure) -> Finding:
    first, reason, terms = shares[0], failure.reason, failure.terms
    scopes = tuple(sorted({share.scope for share in shares if share.scope is not None}))
    agreement = "" if terms is None else f"{terms.agreement_id}\n{terms.version}"
    name = f"{first.vendor}\n{tidy(first.network)}\n{tidy(first.recipient_name)}\n{' '.join(scopes)}"
    # With the version and the removal in it: what stops or comes back once more is found anew.
    back = f"{first.removed_at}" if reason.code is _C.SHARE_CAME_BACK else ""
    return Finding(
        finding_id=derived_id(f"drift\n{reason.code}\n{name}\n{agreement}\n{back}"),
        reason=reason,
        severity=_LOUDER[ROWS[reason.code].severity or Severity.MEDIUM],
        vendor=first.vendor,
        network=first.network,
        recipient_name=first.recipient_name,
        scopes=scopes,
        entity_id=failure.entity_id,
        agreement_id=None if terms is None else terms.agreement_id,
    )
