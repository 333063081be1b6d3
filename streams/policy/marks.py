"""Whether a request asks again for what was held: the same sender and user, and reads in common.

A hold for content must not be shaken off by a new id, other words or another spelling of the plate. What is
compared are pseudonyms, so that whoever reads the marks learns neither plates nor names.
"""

from collections.abc import Callable
from datetime import datetime

from streams.policy.decision import Decision
from streams.policy.hold import Hold
from streams.policy.mark import Mark
from streams.policy.names import fold
from streams.policy.request import SharingRequest
from streams.policy.reviews import is_for_review
from streams.policy.vocabulary import ReasonCode

# Named here because looking a member up on its enum costs as much as the rest of it.
_FOLLOWS, _DENIED = ReasonCode.FOLLOWS_HELD_REQUEST, ReasonCode.REVIEW_DENIED
Pseudonym = Callable[[str], str]


def is_held_for_content(decision: Decision) -> bool:
    """Tell whether the decision holds for content of its own, or did until a reviewer cleared it.

    What only lacked a field, or a topic, anybody may ask again. What only follows another leaves nothing
    while it waits: a supplement that changed a field must not catch the one that was meant.
    """
    found = (*decision.reasons, *decision.cleared)
    return any(is_for_review(one) and one.code is not _FOLLOWS for one in found)


def is_refused_for_content(held: Decision, ended: Decision) -> bool:
    """Tell whether what was held is refused for its content: for its own, or because somebody read it.

    What only followed another and ends unread leaves nothing either. Else each try would hold the next one,
    and a hold would last for ever though the one that began it was approved or is long past.
    """
    found = (*held.reasons, *held.cleared)
    denied = any(one.code is _DENIED for one in ended.reasons)
    return is_held_for_content(held) or (denied and any(map(is_for_review, found)))


def remembered_from(hold: Hold, now: datetime) -> datetime:
    """Return from when a refusal is remembered: now, and no later than from the hold's deadline.

    A gate that was away at the deadline must not make it longer.
    """
    return min(now, hold.deadline)


def mark_of(hold: Hold, until: datetime, pseudonym: Pseudonym) -> Mark:
    """Return the mark of a hold."""
    selector = hold.request.selector
    return Mark(
        decision_id=hold.decision.decision_id,
        who=who_asks(hold.request, pseudonym),
        elements=tuple(sorted(elements_of(hold.request, pseudonym))),
        window_from=selector.window_from,
        window_to=selector.window_to,
        until=until,
    )


def who_asks(request: SharingRequest, pseudonym: Pseudonym) -> str:
    """Return the pseudonym of the authenticated sender with the user, however the user is spelt.

    And of the kind of request: a hot list has no reads in common with a search, though both name none.
    """
    # Newlines part them: an entity's id has none.
    user = _bare(request.requested_by.user)
    return pseudonym(f"mark\n{request.kind}\n{request.authenticated_as or ''}\n{user}")


def elements_of(request: SharingRequest, pseudonym: Pseudonym) -> frozenset[str]:
    """Return the pseudonyms of the plates and reads that are asked for or pushed."""
    selector = request.selector
    plates = (_bare(plate) for plate in (selector.plate, *(one.plate for one in request.records)) if plate)
    reads = (*selector.read_ids, *(one.read_id for one in request.records))
    named = (*(f"mark plate\n{plate}" for plate in plates if plate), *(f"mark read\n{one}" for one in reads))
    return frozenset(map(pseudonym, named))


def asks_again(request: SharingRequest, elements: frozenset[str], mark: Mark) -> bool:
    """Tell whether the request has reads in common with the marked one; who asks is compared before.

    The same plate is the same matter, whatever the windows. Who names no plate has all in the window.
    """
    if elements and mark.elements:
        return not elements.isdisjoint(mark.elements)
    selector = request.selector
    return _begins_before(selector.window_from, mark.window_to) and _begins_before(
        mark.window_from, selector.window_to
    )


def _begins_before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def _bare(name: str) -> str:
    return "".join(sign for sign in fold(name) if sign.isalnum())
