"""Would the agreement let through what the floor forbids, and could it let through anything at all?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.floor import counterexample
from streams.policy.lint.finding import Check, Finding, finding_of
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.vocabulary import AgreementStatus, EntityClass


def lawful_findings(books: Books, agreement: Agreement, now: datetime) -> Iterator[Finding]:
    """Yield what bars the agreement: nobody to be with, the statute, Special Order 31, no purpose left."""
    entity = books.entity(agreement.entity_id)
    if entity is None:
        message = f"it is with `{agreement.entity_id}`, which the registry does not have"
        yield finding_of(agreement, Check.ENTITY_UNKNOWN, "entity_id", message)
        return
    breach = counterexample(books, _as_signed(agreement), now)
    if breach is not None:
        yield finding_of(agreement, Check.UNLAWFUL, "entity_id", breach)
    policy = books.policy()
    if policy is not None:
        yield from _beside_policy(agreement, entity.entity_class, policy, now)


def _as_signed(agreement: Agreement) -> Agreement:
    """Return a draft as if somebody signed it: who would sign has to be told before, not after.

    With its clause, for whether that is there the evidence tells.
    """
    if agreement.status is AgreementStatus.ACTIVE:
        return agreement
    return replace(
        agreement,
        status=AgreementStatus.ACTIVE,
        onward_sharing_prohibited=True,
        clause_reference="-",
        clause_text="-",
    )


def _beside_policy(
    agreement: Agreement, entity_class: EntityClass, policy: PolicyInForce, now: datetime
) -> Iterator[Finding]:
    is_local = entity_class is EntityClass.LOCAL_LAW_ENFORCEMENT
    if not is_local and not policy.extends_to(entity_class, now):
        message = f"class `{entity_class}` is not local law enforcement, and no extension is in force"
        yield finding_of(agreement, Check.GRANTS_NOTHING, "entity_id", message)
    if not policy.purposes & set(agreement.purposes):
        message = "it allows no purpose that the agency's policy authorises"
        yield finding_of(agreement, Check.GRANTS_NOTHING, "purposes", message)
