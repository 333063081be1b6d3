"""A decision in words: which clause, what of it failed, what clears it, and what would have sufficed.

It is written for the requester and for an auditor, from the decision alone and the books as they are now. It
proposes nothing that could not help: a block offers no supplement, and a bar of the statute no agreement.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from streams.policy.agreement import Agreement
from streams.policy.books import BooksView
from streams.policy.decision import Reason
from streams.policy.eligibility import BAR_CODES
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import ROWS
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import AgreementId, ClearedBy, EntityId, ReasonCode, Tier, Verdict

# Named here because looking a member up on its enum costs as much as the rest of a step.
_FORWARD, _BLOCK, _HOLD = Verdict.FORWARD, Verdict.BLOCK, Verdict.HOLD
_AGREEMENT = Tier.AGREEMENT
_NOT_AUTHORISED = ReasonCode.PURPOSE_NOT_AUTHORISED
_REMEDY = {
    ClearedBy.UNKNOWN: "ask the custodian",
    ClearedBy.NOTHING: "this request cannot be granted",
    ClearedBy.SUPPLEMENT: "send what is missing under the same request id",
    ClearedBy.REVIEW: "a reviewer of the agency must approve it",
    ClearedBy.EVIDENCE_HOLD: "only reads under an evidence hold can still be released",
}
# What the statute says of a request. No agreement lifts it, and an explanation must not suggest one could.
_STATUTORY = frozenset(code for code, row in ROWS.items() if row.tier is Tier.STATUTE)
_HEADLINE = {
    Verdict.UNKNOWN: "No verdict that this version knows.",
    Verdict.FORWARD: "Forwarded.",
    Verdict.BLOCK: "Blocked.",
    Verdict.HOLD: "Held; nothing is released meanwhile.",
}


class Decided(Protocol):
    """What an explanation is made from: a decision, or the record of one in the ledger."""

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of the whole."""
        ...

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return every reason, in rule order."""
        ...

    @property
    def entity_id(self) -> EntityId | None:
        """Return who the recipient is, or None when that could not be told."""
        ...

    @property
    def agreement_id(self) -> AgreementId | None:
        """Return the agreement that carries it or comes nearest, or None when there is none."""
        ...


def explain(
    decision: Decided, request: SharingRequest | None, books: BooksView, policy: PolicyInForce
) -> str:
    """Return the explanation, one line for each reason. It holds no plate and no person's name.

    `request` is None for who has the record alone, where the request is sealed.
    """
    lines = [_HEADLINE[decision.verdict]]
    if decision.reasons:
        lines += [_line(reason, decision.verdict) for reason in decision.reasons]
        lines += _about_purposes(decision, policy)
    # In the books as they are now; a decision explained later may find its agreement gone.
    agreement = None if decision.agreement_id is None else books.agreement(decision.agreement_id)
    lines += _about_recipient(decision) if agreement is None else _about(agreement, decision, request)
    return "\n".join(lines)


def _line(reason: Reason, whole: Verdict) -> str:
    # Nobody clears a block by sending what is missing, so beside one a hold offers no remedy.
    is_moot = whole is _BLOCK and reason.verdict is _HOLD
    remedy = "alone it would only have held the request" if is_moot else _REMEDY[reason.cleared_by]
    return f"- {reason.code} ({reason.clause}): {reason.message} [{reason.field}]; {remedy}."


def _about_purposes(decision: Decided, policy: PolicyInForce) -> Iterator[str]:
    if any(reason.code is _NOT_AUTHORISED for reason in decision.reasons):
        yield f"The agency authorises: {_listed(policy.purposes)}."


def _about_recipient(decision: Decided) -> Iterator[str]:
    """Yield why there is no agreement to speak of."""
    codes = {reason.code for reason in decision.reasons}
    if decision.entity_id is None:
        yield "No agreement can be looked for without a recipient in the registry."
    elif codes & BAR_CODES:
        yield "No agreement could allow it: the statute bars the recipient."
    else:
        yield f"It would need a concluded agreement with `{decision.entity_id}`."


def _about(agreement: Agreement, decision: Decided, request: SharingRequest | None) -> Iterator[str]:
    """Yield which agreement carries it, or which comes nearest and what it lacks."""
    named = f"`{agreement.agreement_id}` version {agreement.version} ({agreement.clause_reference})"
    if decision.verdict is _FORWARD:
        yield f"Under agreement {named}."
        return
    lacking = {reason.code for reason in decision.reasons if reason.tier is _AGREEMENT}
    floor = {reason.code for reason in decision.reasons if reason.verdict is _BLOCK} & _STATUTORY
    if floor:
        yield f"No agreement could allow it: the statute forbids it ({_listed(floor)})."
    # The agreement is not at fault, and the requester should not go and have it changed.
    if not lacking:
        yield f"Agreement {named} covers what is asked."
        return
    yield f"The nearest agreement is {named}; it lacks: {_listed(lacking)}."
    if ReasonCode.SCOPE_NOT_COVERED in lacking:
        if request is not None:
            yield _asked_for(agreement, request)
        covered = _extent(agreement.data_types, agreement.scopes, agreement.networks)
        yield f"Covered: {covered}; reads younger than `{agreement.max_record_age}`."
    if ReasonCode.PURPOSE_NOT_COVERED in lacking:
        yield f"Covered purposes: {_listed(agreement.purposes)}."


def _asked_for(agreement: Agreement, request: SharingRequest) -> str:
    # A network is free text and may hold anything, so one that is not covered stays unnamed.
    networks = {name if name in agreement.networks else "another" for name in request.networks}
    return f"Asked for: {_extent(request.data_types, request.scopes, networks)}."


def _extent(data_types: Iterable[str], scopes: Iterable[str], networks: Iterable[str]) -> str:
    return f"data types {_listed(data_types)}; scopes {_listed(scopes)}; networks {_listed(networks)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "none"
