"""From the names in a request to entities of the registry: exactly, or not at all."""

from dataclasses import dataclass

from streams.policy.alias_index import names_a_pool
from streams.policy.books import BooksView
from streams.policy.decision import Reason
from streams.policy.eligibility import unusable_because
from streams.policy.names import is_blank, tidy
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.standing import Standing
from streams.policy.vocabulary import EntityId, ReasonCode


@dataclass(frozen=True, slots=True)
class Resolved:
    """The recipient's standing, or the reason why there is none."""

    standing: Standing | None
    refusal: Reason | None


def resolve_recipient(request: SharingRequest, books: BooksView) -> Resolved:
    """Return who the recipient is. Name and id must mean the same entity, and it must be somebody."""
    entity = books.resolve(request.recipient_name)
    if entity is None:
        return Resolved(None, _nobody(request.recipient_name))
    if request.recipient_id is not None and request.recipient_id != entity.entity_id:
        return Resolved(
            None, _unresolved("recipient_id", "the recipient's id and name mean different entities")
        )
    unusable = unusable_because(entity)
    if unusable is not None:
        return Resolved(
            None, _unresolved("recipient_name", f"`{entity.entity_id}` is no recipient: {unusable}")
        )
    return Resolved(books.standing(entity.entity_id), None)


def organisation_of(request: SharingRequest, books: BooksView) -> EntityId | None:
    """Return the entity that the asking organisation names: by exact alias, or by the authenticated id."""
    organisation = request.requested_by.organisation
    if organisation == request.authenticated_as:
        return request.authenticated_as
    entity = books.resolve(organisation)
    return None if entity is None else entity.entity_id


def is_agency(organisation: str, policy: PolicyInForce, books: BooksView) -> bool:
    """Tell whether the organisation is the agency itself, by its id, its name or an alias in the registry."""
    if organisation in policy.agency_names or tidy(organisation) in policy.agency_names:
        return True
    entity = books.resolve(organisation)
    return entity is not None and entity.entity_id == policy.policy.agency.entity_id


def _nobody(name: str) -> Reason:
    if is_blank(name):
        return _unresolved("recipient_name", "no recipient is named")
    if names_a_pool(name):
        return refuse(
            ReasonCode.RECIPIENT_NONSPECIFIC, "recipient_name", "the recipient is a pool, not one agency"
        )
    return _unresolved("recipient_name", "the name is the exact alias of no one entity in the registry")


def _unresolved(field: str, message: str) -> Reason:
    return refuse(ReasonCode.RECIPIENT_UNRESOLVED, field, message)
