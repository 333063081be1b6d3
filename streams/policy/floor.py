"""Changes of the books that the statutory floor forbids, each shown by a request that it would let through.

`decide` never lets such a request through, whatever the books say. This is the second lock: an unlawful
change is refused when it is made, with the concrete case that speaks against it. What narrows is never
refused: an unlawful agreement can always be revoked, and a wrong class put right.
"""

from collections.abc import Sequence
from datetime import datetime

from streams.policy.agency_policy import AgencyPolicy, Extension
from streams.policy.agreement import Agreement
from streams.policy.alias_index import spoken
from streams.policy.books import Books
from streams.policy.closure import Closure
from streams.policy.eligibility import could_ever_receive, statutory_bars
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.names import is_blank
from streams.policy.policy_in_force import extension_lacks
from streams.policy.processor import Processor
from streams.policy.reasons import ROWS
from streams.policy.standing import bars_of
from streams.policy.terms import prohibits_onward_sharing
from streams.policy.user import User
from streams.policy.vocabulary import AgreementStatus, Purpose, ReasonCode

PROHIBITED: dict[Purpose, ReasonCode] = {
    Purpose.COMMERCIAL: ReasonCode.COMMERCIAL_PURPOSE,
    Purpose.IMMIGRATION_ENFORCEMENT: ReasonCode.PROHIBITED_PURPOSE_IMMIGRATION,
    Purpose.PROTECTED_HEALTH_CARE: ReasonCode.PROHIBITED_PURPOSE_PROTECTED_CARE,
}
_SCREENED_BY_STATUTE = ("immigration", "protected_health_care")

Change = Entity | Agreement | AgencyPolicy | EvidenceHold | Closure | User | Processor


def counterexample(books_before: Books, change: Change, now: datetime) -> str | None:
    """Return a request that the change would let through against the floor, or None when it is lawful.

    `now` bounds the dates of evidence. A change is judged on the books as they are before it, so a file of
    several is judged one after another. It says nothing of a change that is merely useless, such as an
    agreement that covers nothing.
    """
    if isinstance(change, Entity):
        return _of_entity(books_before, change, now)
    if isinstance(change, Agreement):
        return _of_agreement(books_before, change)
    if isinstance(change, EvidenceHold | User | Processor):
        # These lift rules of the agency's own at most, and none of the statute.
        return None
    if isinstance(change, Closure):
        # It lets nothing through.
        return None
    return _of_policy(books_before, change)


def _of_agreement(books: Books, agreement: Agreement) -> str | None:
    # Only an active one forwards; to refuse the others would keep an unlawful one from being revoked.
    if agreement.status is not AgreementStatus.ACTIVE:
        return None
    entity = books.entity(agreement.entity_id)
    bars = () if entity is None else bars_of(entity, books)
    if bars:
        return _let_through(agreement, agreement.purposes, bars[0])
    prohibited = [purpose for purpose in agreement.purposes if purpose in PROHIBITED]
    if prohibited:
        return _let_through(agreement, prohibited, PROHIBITED[prohibited[0]])
    if not prohibits_onward_sharing(agreement):
        return _let_through(agreement, agreement.purposes, ReasonCode.AGREEMENT_NO_ONWARD_CLAUSE)
    return None


def _let_through(agreement: Agreement, purposes: Sequence[Purpose], code: ReasonCode) -> str:
    """Return the broadest request that the agreement would cover, and the clause that forbids it."""
    return (
        f"agreement `{agreement.agreement_id}` would let through a request of `{agreement.entity_id}`"
        f" for `{', '.join(purposes) or 'any purpose'}`, asking for"
        f" `{', '.join(agreement.data_types) or 'nothing'}`"
        f" on networks `{', '.join(agreement.networks) or 'none'}`: {_forbidden(code)}"
    )


def _of_entity(books: Books, entity: Entity, now: datetime) -> str | None:
    """A body that could not receive becomes one that could by newer evidence alone.

    Its class and place count, not whether it can receive at once: else it would become an inactive local
    agency, or a task force without members, and then in a second change that nobody doubts an active one.
    """
    before = books.entity(entity.entity_id)
    if before is None or (before.entity_class, before.jurisdiction) == (
        entity.entity_class,
        entity.jurisdiction,
    ):
        return None
    # Only from barred to free: what narrows, or was free before, opens nothing.
    barred = statutory_bars(before, books.entity)
    if not barred or not could_ever_receive(entity) or _is_newly_evidenced(entity, before, now):
        return None
    return (
        f"a request of `{entity.entity_id}` would be let through as `{entity.entity_class}` in"
        f" `{entity.jurisdiction}`, without evidence newer than that for `{before.entity_class}` in"
        f" `{before.jurisdiction}`: {_forbidden(barred[0])}"
    )


def _is_newly_evidenced(entity: Entity, before: Entity, now: datetime) -> bool:
    evidence = entity.evidence
    if is_blank(evidence.source) or is_blank(evidence.verified_by):
        return False
    # Not from the future: such a date would count as the newest until it comes.
    return before.evidence.verified_at < evidence.verified_at <= now


def _of_policy(books: Books, policy: AgencyPolicy) -> str | None:
    prohibited = [purpose for purpose in policy.purposes if purpose in PROHIBITED]
    if prohibited:
        return (
            f"a request for `{prohibited[0]}` of any agency would be let through as an authorised use:"
            f" {_forbidden(PROHIBITED[prohibited[0]])}"
        )
    for extension in policy.extensions:
        lack = extension_lacks(extension)
        if lack is not None:
            return _of_extension(extension, lack)
    return _of_screening(books, policy)


def _of_extension(extension: Extension, lack: str) -> str:
    return (
        f"a request of any `{extension.entity_class}` from {extension.start.isoformat()} on would be let"
        f" through by an extension, but {lack}: {_forbidden(ReasonCode.NOT_LOCAL_LAW_ENFORCEMENT)}"
    )


def _of_screening(books: Books, policy: AgencyPolicy) -> str | None:
    """The words that the statute gives reason to screen for may change, but not all be taken away.

    A text without a letter or number screens nothing, so a list of such texts is an empty list.
    """
    in_force = books.policy()
    known = {} if in_force is None else in_force.policy.screening
    for category in _SCREENED_BY_STATUTE:
        if _screens(known.get(category, ())) and not _screens(policy.screening.get(category, ())):
            return (
                f"a request whose text says `{known[category][0]}` would be let through unread, for no word"
                f" of `{category}` is left: {_forbidden(ReasonCode.REASON_NEEDS_REVIEW)}"
            )
    return None


def _screens(texts: Sequence[str]) -> bool:
    return any(spoken(text) for text in texts)


def _forbidden(code: ReasonCode) -> str:
    return f"{code} ({ROWS[code].clause})"
