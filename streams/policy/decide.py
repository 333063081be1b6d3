"""The decision: one total, pure function from data to data.

`decide` records every rule that failed, in rule order, and never raises: what cannot be evaluated blocks.
It reads no clock; the same request, books, policy and `now` give the same decision, for ever.
"""

from datetime import datetime

from streams.policy.books import BooksView
from streams.policy.case import open_case
from streams.policy.decision import Access, Decision, Reason, make_access, make_decision
from streams.policy.digest import Identity, identify
from streams.policy.judge import Judgement, judge
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.reviews import is_cleared
from streams.policy.verdicts import combine, leading
from streams.policy.vocabulary import AgreementId, EntityId, ReasonCode


def decide(
    request: SharingRequest,
    books: BooksView,
    policy: PolicyInForce,
    now: datetime,
    identity: Identity | None = None,
    cleared: tuple[Reason, ...] = (),
) -> Decision:
    """Return forward, block or hold for the request, with every reason.

    Who has worked out the request's `identity` already, to look for a repeat, can hand it in. `cleared` are
    the reasons that a reviewer has cleared. Each counts for just itself: the same rule with another finding
    stands, and so does whatever no reviewer can clear, whoever says so.

    `now` is an aware instant and is recorded as `decided_at`: who replays a recorded request with the books,
    policy and time of its record gets the recorded decision. It is the caller who sees to it that the books
    are current. Repeats, supplements and deadlines need memory and are not known here.
    """
    identity = identity or identify(request)
    (reasons, terms), entity_id = judged(request, books, policy, now)
    # From here on nothing can fail: every field is copied from what is there already.
    if cleared:
        reasons = tuple([reason for reason in reasons if not is_cleared(reason, cleared)])
    verdict = combine(reasons)
    return make_decision(
        decision_id=identity.decision_id,
        request_id=request.request_id,
        request_digest=identity.request_digest,
        verdict=verdict,
        leading_reason=leading(reasons, verdict),
        reasons=reasons,
        entity_id=entity_id,
        agreement_id=None if terms is None else terms.agreement_id,
        agreement_version=None if terms is None else terms.version,
        books_revision=books.revision,
        policy_hash=policy.policy_hash,
        event_time=request.requested_at,
        decided_at=now,
        access=access_of(request),
        # Obligations bind by receiving; who gets nothing owes nothing.
        obligations=() if terms is None or reasons else terms.obligations,
        cleared=cleared,
    )


def judged(
    request: SharingRequest,
    books: BooksView,
    policy: PolicyInForce,
    now: datetime,
    only: AgreementId | None = None,
) -> tuple[Judgement, EntityId | None]:
    """Return what the rules say of the request, and who it is for if that can be told; it never raises.

    It is the part of a decision that the books and the policy have a say in, for who compares two of them,
    or asks about one agreement alone (`only`).
    """
    try:
        case = open_case(request, books, policy, now)
        return judge(case, only), None if case.standing is None else case.standing.entity_id
    except Exception as error:  # noqa: BLE001  # the one boundary: what cannot be evaluated blocks
        return _failed(error), None


def _failed(error: Exception) -> Judgement:
    """Return the judgement on a request that no rule can be trusted on; the error's text may be personal."""
    message = f"a rule could not be evaluated: `{type(error).__name__}`"
    return Judgement((refuse(ReasonCode.EVALUATION_FAILED, "request", message),), None)


def access_of(request: SharingRequest) -> Access:
    """Return the access record, verbatim from the request (Civ. Code 1798.90.52(a))."""
    requester = request.requested_by
    return make_access(
        time=request.requested_at,
        data_elements=_data_elements(request),
        user=requester.user,
        organisation=requester.organisation,
        purpose=": ".join((request.purpose_code or "", request.reason_text or "")),
    )


def _data_elements(request: SharingRequest) -> tuple[str, ...]:
    """Return the plate and the reads, asked for or pushed; the window where there is neither."""
    selector = request.selector
    if selector.plate and not selector.read_ids and not request.records:
        return (selector.plate,)
    plate = (selector.plate,) if selector.plate else ()
    # Verbatim and in full: the statute wants the elements used to query, not a count of them.
    named = (*plate, *selector.read_ids, *(record.read_id for record in request.records))
    return named or tuple(
        f"{name}={instant.isoformat()}"
        for name, instant in (("from", selector.window_from), ("to", selector.window_to))
        if instant is not None
    )
