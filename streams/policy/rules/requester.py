"""Who asks, and for whom.

Two questions that a list of recipients cannot answer. Whether who asks is who was authenticated: the name in
a request is only a claim, and only an intake's `authenticated_as` is proof. And whether who asks is who wants
it: searches for federal agencies were made by local officers, lawful recipients, and found out by what they
wrote as the reason.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.mentions import Mention, mentions_in, named_by
from streams.policy.names import is_blank
from streams.policy.reasons import refuse, refuse_with
from streams.policy.resolver import is_agency, organisation_of
from streams.policy.vocabulary import EntityId, Initiator, ReasonCode, Verdict

# Named here because looking a member up on its enum costs as much as the rest of a rule.
_AGENCY, _RECIPIENT = Initiator.AGENCY, Initiator.RECIPIENT


def requester_mismatch(case: Case) -> Reason | None:
    """Who asks is who is authenticated, and is the recipient or its unit (Civ. Code 1798.90.52(a)(3)).

    A unit that could not receive by statute does not ask either: its user would have what is released.

    A blank organisation is left to the access record. A push is asked for by the agency's own people, so
    there it must be the agency that asks.
    """
    if case.request.records and case.request.initiated_by is not _AGENCY:
        # What a partner sends along would come back as released by the agency, read or not.
        return refuse(ReasonCode.REQUESTER_MISMATCH, "records", "only the agency itself may push records")
    if is_blank(case.request.requested_by.organisation) or _asks_for_itself(case):
        return None
    return _push_mismatch(case) if case.request.initiated_by is _AGENCY else _request_mismatch(case)


def on_behalf_of_another(case: Case) -> Reason | None:
    """A proxy search shares with whom it is made for (Civ. Code 1798.90.55(b); bulletin 2023-DLE-06).

    It holds for a reviewer when that other could receive, and blocks when it could not, or is unknown to the
    registry. Without mention of another it is silent: a proxy who says nothing is found by nobody here.
    """
    # The field first: what somebody states outright weighs more than what a text suggests.
    field = case.request.requested_by.on_behalf_of
    if field and not is_blank(field):
        mention = named_by(field, case)
        if mention is not None:
            return _for_another(mention, "requested_by.on_behalf_of")
    mention = mentions_in(case)
    return None if mention is None else _for_another(mention, "reason_text")


def _asks_for_itself(case: Case) -> bool:
    """Tell whether the recipient, authenticated, asks under the name by which it is to receive."""
    request, standing = case.request, case.standing
    return (
        standing is not None
        and request.authenticated_as == standing.entity_id
        and request.requested_by.organisation == request.recipient_name
        and request.initiated_by is _RECIPIENT
    )


def _belongs_to_recipient(asking: EntityId, case: Case) -> bool:
    """Tell whether it is the recipient or a unit of it; of nobody at all that is not asked."""
    if case.standing is None or asking == case.standing.entity_id:
        return True
    standing = case.books.standing(asking)
    return standing is not None and not standing.bars and case.standing.entity_id in standing.line


def _request_mismatch(case: Case) -> Reason | None:
    asking = organisation_of(case.request, case.books)
    if asking is None:
        return _mismatch("the organisation is the exact alias of no one entity in the registry")
    if case.request.authenticated_as and asking != case.request.authenticated_as:
        return _mismatch("the organisation is not the one that was authenticated")
    if not _belongs_to_recipient(asking, case):
        return _mismatch("the organisation is neither the recipient nor a unit of it that could receive")
    return None


def _push_mismatch(case: Case) -> Reason | None:
    # Who may push is the policy's agency and nobody else, whatever name the request gives.
    agency = case.policy.policy.agency.entity_id
    if case.request.authenticated_as and case.request.authenticated_as != agency:
        return _mismatch("only the agency itself may push, and another was authenticated")
    if not is_agency(case.request.requested_by.organisation, case.policy, case.books):
        return _mismatch("only the agency itself may push")
    return None


def _mismatch(message: str) -> Reason:
    return refuse(ReasonCode.REQUESTER_MISMATCH, "requested_by.organisation", message)


def _for_another(mention: Mention, field: str) -> Reason:
    verdict = Verdict.BLOCK if mention.is_barred else Verdict.HOLD
    return refuse_with(verdict, ReasonCode.ON_BEHALF_OF_ANOTHER, field, mention.message)
