"""A case run through the rules: what came out, and in what it is not as expected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.decision import Decision, Reason
from streams.policy.hold import Hold
from streams.policy.holds import expire, merge_supplement, open_hold, with_reason
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.review import Review
from streams.policy.reviews import cleared_by, deny, objection_to
from streams.policy.vocabulary import DecisionId, EntityId, ReasonCode, ReviewAct, Verdict
from streams.policy.withdrawal import Withdrawal
from streams.policy.withdrawals import NOT_HELD, withdraw
from streams.rehearsal.amendment import side_of
from streams.rehearsal.case_files import Case, CaseKind
from streams.rehearsal.case_ground import Ground
from streams.rehearsal.plain_values import Plain, PlainError, build, changed, code_in

_Value = TypeVar("_Value")
# More than any rule looks at, and no more than a small machine can hold.
MOST = 1_000_000
# A supplement says nothing but what a case lets it say.
NOTHING_SAID: Plain = {
    "recipient_name": "",
    "requested_by": {"user": "", "organisation": ""},
    "purpose_code": None,
    "reason_text": None,
    "case_number": None,
    "data_types": [],
    "networks": [],
    "selector": {"plate": None, "window_from": None, "window_to": None},
}


@dataclass(frozen=True, slots=True)
class Run:
    """A case, the request and the decision that came of it, and each expectation that is not met."""

    case: Case
    request: SharingRequest
    decision: Decision
    failures: tuple[str, ...]


def run_case(case: Case, ground: Ground) -> Run:
    """Return what comes of the case.

    Raises:
        InputError: what it gives cannot be; with the file and the line.
    """
    try:
        books = ground.books(case.given)
    except PlainError as error:
        raise case.wrong("given", error) from error
    try:
        request, decision = _decided(case, ground, books)
    except PlainError as error:
        raise case.wrong("when", error) from error
    return Run(case, request, decision, tuple(_failures(case, decision)))


def _decided(case: Case, ground: Ground, books: Books) -> tuple[SharingRequest, Decision]:
    """Return the request and the decision; what a gate would find or remember is told by keys of `when`.

    `now` is the instant, `found` a reason from where there is state, `expires` lets the hold end at its
    deadline, `supplement` is what comes later under the same id, `review` what a reviewer does, and
    `withdrawn_by` the entity that takes the request back.
    """
    when = dict(case.when)
    now = _instant(when.pop("now", ground.base["now"]))
    found, expires = when.pop("found", None), when.pop("expires", None)
    supplement, review = when.pop("supplement", None), when.pop("review", None)
    withdrawn_by = when.pop("withdrawn_by", None)
    policy = side_of(books).policy
    request = _request(when, ground, books)
    decision = decide(request, books, policy, now)
    if found is not None:
        code = _within("found", code_in, found)
        decision = with_reason(decision, refuse(code, "request", "found where there is state"))
    elif supplement is not None:
        later = _within("supplement", lambda said: ground.request(changed(NOTHING_SAID, said)), supplement)
        request, decision = _supplemented(later, decision, request, (books, policy, now))
    elif review is not None:
        signed = _within("review", lambda said: review_of(decision.decision_id, now, said), review)
        decision = _reviewed(open_hold(request, decision, policy, now), signed, books, now)
    elif withdrawn_by is not None:
        decision = _withdrawn(open_hold(request, decision, policy, now), EntityId(withdrawn_by), now)
    elif expires:
        decision = expire(open_hold(request, decision, policy, now), now)
    return request, decision


def _within(key: str, read: Callable[[object], _Value], value: object) -> _Value:
    """Return what is read of the value at `key` of `when`; what is wrong with it is told from there."""
    try:
        return read(value)
    except PlainError as error:
        raise error.within(key) from error


def _supplemented(
    later: SharingRequest,
    held: Decision,
    request: SharingRequest,
    under: tuple[Books, PolicyInForce, datetime],
) -> tuple[SharingRequest, Decision]:
    merged = merge_supplement(open_hold(request, held, *under[1:]), later)
    if isinstance(merged, Reason):
        return request, replace(held, verdict=merged.verdict, leading_reason=merged.code, reasons=(merged,))
    return merged, decide(merged, *under)


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise PlainError("expected a time with offset", "now")
    return value


def review_of(decision_id: DecisionId, at: datetime, changes: object) -> Review:
    """Return an approval of that decision by a reviewer, with changes."""
    plain = {
        "decision_id": decision_id,
        "reviewer": "m.castro",
        "act": "approve",
        "codes": [],
        "reason": "read it",
        "at": at,
    }
    return build(Review, changed(plain, changes))


def _reviewed(hold: Hold, review: Review, books: Books, now: datetime) -> Decision:
    """Return what comes of a review; what is refused changes nothing, so the refusal stands for it here."""
    policy = side_of(books).policy
    objection = objection_to(review, hold, policy, now)
    if objection is not None:
        return _refused(hold, refuse(ReasonCode.REVIEW_REFUSED, "review", objection))
    if review.act is ReviewAct.DENY:
        return deny(hold, now)
    return decide(hold.request, books, policy, now, cleared=cleared_by(review, hold))


def _withdrawn(hold: Hold, entity_id: EntityId, now: datetime) -> Decision:
    """Return what comes of a withdrawal; as with a review, a refusal stands for what it leaves."""
    if hold.decision.verdict is not Verdict.HOLD:
        return _refused(hold, NOT_HELD)
    withdrawal = Withdrawal(
        request_id=hold.request.request_id,
        decision_id=hold.decision.decision_id,
        deadline=hold.deadline,
        authenticated_as=entity_id,
    )
    withdrawn = withdraw(withdrawal, hold, now)
    return _refused(hold, withdrawn) if isinstance(withdrawn, Reason) else withdrawn


def _refused(hold: Hold, refusal: Reason) -> Decision:
    return replace(hold.decision, verdict=refusal.verdict, leading_reason=refusal.code, reasons=(refusal,))


def _request(when: Plain, ground: Ground, books: Books) -> SharingRequest:
    """Return the request; `as` names who asks for itself, `many_read_ids` how many reads it names.

    `long_text` is the length of a reason that says nothing suspicious, `pushed` are records of the agency.
    """
    if "pushed" in when:
        agency = ground.base["policy"]["agency"]["entity_id"]
        push = {
            "initiated_by": "agency",
            "authenticated_as": agency,
            "requested_by": {"organisation": agency},
            "records": when.pop("pushed"),
        }
        when = changed(push, when)
    if "long_text" in when:
        when["reason_text"] = "robbery ".ljust(_number(when.pop("long_text"), "long_text"), "x")
    if (entity_id := when.pop("as", None)) is not None:
        when = changed(_asking(entity_id, books), when)
    selector = when.get("selector")
    if isinstance(selector, dict) and "many_read_ids" in selector:
        numbers = range(_number(selector["many_read_ids"], "selector", "many_read_ids"))
        rest = {key: value for key, value in selector.items() if key != "many_read_ids"}
        when["selector"] = {**rest, "read_ids": [f"read-{number}" for number in numbers]}
    return ground.request(when)


def _number(value: object, *path: str) -> int:
    if not isinstance(value, int) or not 0 <= value <= MOST:
        raise PlainError(f"expected a whole number up to {MOST}", *path)
    return value


def _asking(entity_id: str, books: Books) -> Plain:
    entity = books.entity(EntityId(entity_id))
    if entity is None:
        raise PlainError("expected the id of an entity of the case", "as")
    return {
        "recipient_name": entity.name,
        "authenticated_as": entity_id,
        "requested_by": {"organisation": entity.name},
    }


def _failures(case: Case, decision: Decision) -> Iterator[str]:
    then = case.then
    codes = tuple(reason.code for reason in decision.reasons)
    if decision.verdict is not then.verdict:
        yield f"expected verdict {then.verdict.value}, got {decision.verdict.value}"
    if codes != then.reasons:
        yield f"expected reasons {_listed(then.reasons)}; got {_listed(codes)}"
    for name in ("leading_reason", "agreement_id", "agreement_version"):
        expected, found = getattr(then, name), getattr(decision, name)
        if expected is not None and expected != found:
            yield f"expected {name} {expected}, got {found or 'none'}"
    yield from _failures_of_rule(case, decision)


def _failures_of_rule(case: Case, decision: Decision) -> Iterator[str]:
    """Yield what is not as expected of the reason that the case's file is about; else of any reason."""
    mine = [reason for reason in decision.reasons if case.code in {None, reason.code}]
    if case.code is not None and case.kind is CaseKind.FIRES and not mine:
        yield f"expected that {case.code.value} fires"
    if case.code is not None and case.kind is CaseKind.PASSES and mine:
        yield f"expected that {case.code.value} passes"
    if mine and case.then.field is not None and case.then.field not in {reason.field for reason in mine}:
        yield f"expected field {case.then.field}, got {_listed([reason.field for reason in mine])}"
    if mine and not any((case.then.message or "") in reason.message for reason in mine):
        yield f"expected a message with `{case.then.message}`"


def _listed(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(words) or "none"
