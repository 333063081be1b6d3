"""From the names in a request to entities of the registry: exactly, or not at all.

No near match, no guess and no search: a share list has named bodies that nobody could identify, and a
look-alike is the cheapest way to be taken for another. What does not resolve is refused, and the registry is
corrected by people.
"""

from streams.policy.alias_index import names_a_pool
from streams.policy.books import BooksView
from streams.policy.decision import Reason
from streams.policy.names import is_blank, tidy
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.standing import Standing
from streams.policy.vocabulary import EntityId, ReasonCode


def resolve_recipient(
    request: SharingRequest, books: BooksView
) -> tuple[Standing, None] | tuple[None, Reason]:
    """Return the recipient's standing, or why there is none: name and id must mean one and the same body."""
    # By name even if an id is given: the id says which entity was meant, and the name proves it.
    known = books.recipient(request.recipient_name)
    if known is not None and known.unusable is None and request.recipient_id in (None, known.entity_id):
        return known, None
    return None, _why_nobody(request, books)


def _why_nobody(request: SharingRequest, books: BooksView) -> Reason:
    entity = books.resolve(request.recipient_name)
    if entity is None:
        return _nobody(request.recipient_name)
    # Either may be the slip, so neither is followed.
    if request.recipient_id is not None and request.recipient_id != entity.entity_id:
        return _unresolved("recipient_id", "the recipient's id and name mean different entities")
    standing = books.standing(entity.entity_id)
    why = "it is not in the registry" if standing is None else standing.unusable
    return _unresolved("recipient_name", f"`{entity.entity_id}` is no recipient: {why}")


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
    # Registered names of pools never resolve, so whoever claims one comes here as well.
    if is_blank(name):
        return _unresolved("recipient_name", "no recipient is named")
    if names_a_pool(name):
        return refuse(
            ReasonCode.RECIPIENT_NONSPECIFIC, "recipient_name", "the recipient is a pool, not one agency"
        )
    return _unresolved("recipient_name", "the name is the exact alias of no one entity in the registry")


def _unresolved(field: str, message: str) -> Reason:
    return refuse(ReasonCode.RECIPIENT_UNRESOLVED, field, message)
