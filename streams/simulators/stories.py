"""What simulated people ask for: one row for each way of asking, honest or not, with the answer it deserves.

The answer is what the rules say of the request by itself once a seal that does not hold is stripped off.

Most are real: a reason that says only "Investigation", a search for a federal agency, a pool as the
recipient, a window beyond retention, a private university. The labels are written by hand and not by asking
`decide`, so they can contradict it. What a sequence of requests is worth (repeats, supplements, expiry) is
played by `streams.simulators.traffic`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from streams.policy.request import Selector, SharingRequest
from streams.policy.vocabulary import (
    DataType,
    EntityId,
    Purpose,
    ReasonCode,
    RequestKind,
    Scope,
    Verdict,
)
from streams.simulators.agencies import Condition
from streams.simulators.scenes import DAY, HOUR, Scene, push, search

YEAR = timedelta(days=365)

Make = Callable[[Scene], SharingRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One way of asking: how often relative to the others, and what the gate must answer.

    `leading` is the first reason with the winning verdict, None for a forward; others may stand beside it.
    """

    name: str
    weight: int
    verdict: Verdict
    leading: ReasonCode | None
    make: Make


def _standing(scene: Scene) -> SharingRequest:
    return replace(search(scene), kind=RequestKind.STANDING_SHARE, selector=Selector())


def _hotlist(scene: Scene) -> SharingRequest:
    kind, data_types, scopes = RequestKind.HOTLIST_SHARE, (DataType.HOTLIST_HIT,), (Scope.HOT_LIST,)
    return replace(search(scene), kind=kind, data_types=data_types, scopes=scopes, selector=Selector())


def _window(years: int) -> Make:
    def make(scene: Scene) -> SharingRequest:
        # A month more than the years, since a year here has 365 days and the calendar's may have 366.
        start = scene.now - years * YEAR - 30 * DAY
        selector = Selector(plate=scene.plate, window_from=start, window_to=start + DAY)
        return replace(search(scene), selector=selector)

    return make


def _long_window(scene: Scene) -> SharingRequest:
    selector = Selector(plate=scene.plate, window_from=scene.asked - 60 * DAY, window_to=scene.asked)
    return replace(search(scene), selector=selector)


def _wildcard(scene: Scene) -> SharingRequest:
    plain = search(scene)
    return replace(plain, selector=replace(plain.selector, plate="7*"))


def _by(condition: Condition) -> Make:
    return lambda scene: search(scene, scene.neighbour(condition))


def _outside(reason: ReasonCode) -> Make:
    return lambda scene: search(scene, scene.outsider(reason))


def _with(**changes: object) -> Make:
    return lambda scene: replace(search(scene), **changes)  # type: ignore[arg-type]  # each value fits its field


def _asked_at(offset: timedelta) -> Make:
    return lambda scene: replace(search(scene), requested_at=scene.now + offset)


def _anonymous_user(scene: Scene) -> SharingRequest:
    plain = search(scene)
    return replace(plain, requested_by=replace(plain.requested_by, user=" \u2003"))


def _impostor(scene: Scene) -> SharingRequest:
    # Sealed by a true intake, for another agency than the one it names.
    return replace(search(scene), authenticated_as=EntityId("us-ca-pasadena-pd"))


def _proxy(name: str) -> Make:
    def make(scene: Scene) -> SharingRequest:
        plain = search(scene)
        return replace(plain, requested_by=replace(plain.requested_by, on_behalf_of=name))

    return make


def _picture(scene: Scene) -> SharingRequest:
    return replace(search(scene, scene.neighbour(Condition.NARROW)), data_types=(DataType.IMAGE,))


_FORWARD, _HOLD, _BLOCK = Verdict.FORWARD, Verdict.HOLD, Verdict.BLOCK
_C = ReasonCode
_REVIEW, _INCOMPLETE = _C.REASON_NEEDS_REVIEW, _C.ACCESS_RECORD_INCOMPLETE

# Weights are relative: about half of a day is let through, which is harsher than life and shows every rule.
STORIES = tuple(
    Story(name=name, weight=weight, verdict=verdict, leading=leading, make=make)
    for name, weight, verdict, leading, make in (
        ("search", 300, _FORWARD, None, search),
        ("push", 80, _FORWARD, None, push),
        ("standing share", 20, _FORWARD, None, _standing),
        ("hot list", 20, _FORWARD, None, _hotlist),
        ("no purpose", 20, _HOLD, _INCOMPLETE, _with(purpose_code=None)),
        ("no reason", 20, _HOLD, _INCOMPLETE, _with(reason_text="")),
        ("no time", 10, _HOLD, _INCOMPLETE, _with(requested_at=None)),
        ("blank user", 10, _HOLD, _INCOMPLETE, _anonymous_user),
        (
            "immigration words",
            15,
            _HOLD,
            _REVIEW,
            _with(reason_text="vehicle of interest, referred by I.C.E."),
        ),
        ("health care words", 5, _HOLD, _REVIEW, _with(reason_text="seen near an abortion clinic")),
        ("legal process", 3, _HOLD, _REVIEW, _with(kind=RequestKind.LEGAL_DISCLOSURE)),
        ("placeholder text", 30, _HOLD, _C.PURPOSE_UNSPECIFIC, _with(reason_text="Investigation")),
        ("wildcard plate", 10, _HOLD, _C.SELECTOR_TOO_BROAD, _wildcard),
        ("long window", 10, _HOLD, _C.SELECTOR_TOO_BROAD, _long_window),
        ("future clock", 5, _HOLD, _C.CLOCK_SKEW, _asked_at(2 * HOUR)),
        ("for a neighbour", 5, _HOLD, _C.ON_BEHALF_OF_ANOTHER, _proxy("Burbank CA PD")),
        ("for a federal body", 8, _BLOCK, _C.ON_BEHALF_OF_ANOTHER, _proxy("FBI")),
        ("for nobody known", 4, _BLOCK, _C.ON_BEHALF_OF_ANOTHER, _proxy("a friend of mine")),
        ("unknown kind", 2, _BLOCK, _C.MALFORMED_EVENT, _with(kind=RequestKind.UNKNOWN)),
        ("stale", 5, _BLOCK, _C.REQUEST_TOO_OLD, _asked_at(-200 * DAY)),
        ("unresolved name", 10, _BLOCK, _C.RECIPIENT_UNRESOLVED, _with(recipient_name="Nowhere CA PD")),
        ("pool", 6, _BLOCK, _C.RECIPIENT_NONSPECIFIC, _with(recipient_name="Statewide Lookup")),
        ("impostor", 6, _BLOCK, _C.REQUESTER_MISMATCH, _impostor),
        ("commercial", 3, _BLOCK, _C.COMMERCIAL_PURPOSE, _with(purpose_code=Purpose.COMMERCIAL)),
        ("paid for", 3, _BLOCK, _C.COMMERCIAL_PURPOSE, _with(consideration="USD 500 a month")),
        (
            "immigration purpose",
            6,
            _BLOCK,
            _C.PROHIBITED_PURPOSE_IMMIGRATION,
            _with(purpose_code=Purpose.IMMIGRATION_ENFORCEMENT),
        ),
        (
            "health care purpose",
            3,
            _BLOCK,
            _C.PROHIBITED_PURPOSE_PROTECTED_CARE,
            _with(purpose_code=Purpose.PROTECTED_HEALTH_CARE),
        ),
        ("unknown purpose", 4, _BLOCK, _C.PURPOSE_NOT_AUTHORISED, _with(purpose_code=Purpose.UNKNOWN)),
        ("hidden reads", 6, _BLOCK, _C.LOGICALLY_DELETED, _window(3)),
        ("deleted reads", 3, _BLOCK, _C.RETENTION_EXCEEDED, _window(6)),
        ("no agreement", 30, _BLOCK, _C.NO_AGREEMENT, _by(Condition.NONE)),
        ("not yet in force", 5, _BLOCK, _C.AGREEMENT_NOT_YET_IN_FORCE, _by(Condition.NOT_YET)),
        ("expired", 12, _BLOCK, _C.AGREEMENT_EXPIRED, _by(Condition.EXPIRED)),
        ("suspended", 6, _BLOCK, _C.AGREEMENT_SUSPENDED, _by(Condition.SUSPENDED)),
        ("revoked", 8, _BLOCK, _C.AGREEMENT_REVOKED, _by(Condition.REVOKED)),
        ("no clause", 4, _BLOCK, _C.AGREEMENT_NO_ONWARD_CLAUSE, _by(Condition.NO_CLAUSE)),
        ("no review", 4, _BLOCK, _C.AGREEMENT_REVIEW_OVERDUE, _by(Condition.REVIEW_OVERDUE)),
        ("outside the scope", 10, _BLOCK, _C.SCOPE_NOT_COVERED, _picture),
        ("outside the purposes", 6, _BLOCK, _C.PURPOSE_NOT_COVERED, _with(purpose_code=Purpose.CIVIL)),
        *(
            (f"outsider: {reason.value}", 8, _BLOCK, reason, _outside(reason))
            for reason in (
                _C.RECIPIENT_FEDERAL,
                _C.RECIPIENT_OUT_OF_STATE,
                _C.RECIPIENT_PRIVATE,
                _C.RECIPIENT_NOT_PUBLIC_AGENCY,
                _C.RECIPIENT_INELIGIBLE_MEMBER,
                _C.RECIPIENT_UNRESOLVED,
                _C.NOT_LOCAL_LAW_ENFORCEMENT,
            )
        ),
    )
)
