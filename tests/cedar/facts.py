"""A request as Cedar sees it: principal, action, and the context of what Cedar itself cannot work out.

Cedar has no Unicode, no calendar and no look-up by name, so these come from `texts.py`, `spans.py` and a
dictionary of names; every comparison with them is Cedar's.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from streams.policy.request import PlateRead, SharingRequest
from tests.cedar import texts
from tests.cedar.compiling import age_key, has_age, reference
from tests.cedar.spans import NEVER, ends, micros, zone_named
from tests.cedar.world import World

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
_TRIGGERS = {"assist", "assisting", "assistance", "behalf", "for", "per"}
_FILLING = {"of", "the", "to", "with"}
_WILD = set("*?%") | set("\uff0a\ufe61\uff1f\ufe56\uff05\ufe6a")

Plain = dict[str, Any]


class Clerk:
    """Knows the names of one registry, and writes down what a request says."""

    def __init__(self, world: World) -> None:
        self._policy = world.policy
        self._known = {str(one.entity_id) for one in world.entities}
        self._by_name: dict[str, set[str]] = {}
        self._spoken: list[tuple[list[str], str]] = []
        for entity in world.entities:
            for name in (entity.name, *entity.aliases):
                spelling = texts.one_spelling(name)
                if spelling and not texts.names_a_pool(name):
                    self._by_name.setdefault(spelling, set()).add(str(entity.entity_id))
                    self._spoken.append((texts.as_spoken(spelling), str(entity.entity_id)))
        self._users = {
            texts.one_spelling(one.user_id): one
            for one in world.users
            if one.entity_id == world.policy.agency.entity_id
        }
        self._ages = {age_key(one): one for one in world.latest() if has_age(one)}
        phrases = [
            (kind, texts.as_spoken(one)) for kind, listed in world.policy.screening.items() for one in listed
        ]
        self._screened = [(kind, phrase) for kind, phrase in phrases if phrase and kind != "placeholder"]
        self._placeholders = [phrase for kind, phrase in phrases if phrase and kind == "placeholder"]

    def request(self, request: SharingRequest, now: datetime) -> Plain:
        """Return the request in the form that cedarpy takes."""
        recipient = self._named(request.recipient_name)
        principal = (
            {"type": "Nobody", "id": "nobody"} if recipient is None else {"type": "Entity", "id": recipient}
        )
        context = {
            **_of_request(request),
            **self._of_names(request),
            **self._of_texts(request),
            **self._of_times(request, now),
            **self._of_user(request),
        }
        return {
            "principal": principal,
            "action": {"type": "Action", "id": str(request.kind)},
            "resource": {"type": "Reads", "id": "reads"},
            "context": context,
        }

    def _of_user(self, request: SharingRequest) -> Plain:
        """Return who asks as the user book has them; what never was lies beyond all time."""
        spelling = texts.one_spelling(request.requested_by.user)
        user = self._users.get(spelling) if spelling else None
        if user is None:
            return {}
        given, active, oriented = user.authorised, user.last_active_at, user.reoriented_at
        by = [] if given is None else texts.as_spoken(given.by)
        return {
            "user": {
                "status": str(user.status),
                "is_authorised_by_another": bool(by) and by != texts.as_spoken(user.user_id),
                "authorised_at": NEVER if given is None else micros(given.at),
                "authorised_until": NEVER if given is None or given.until is None else micros(given.until),
                "trained_at": NEVER if user.trained_at is None else micros(user.trained_at),
                "last_active_at": NEVER if active is None else micros(active),
                "inactive_at": NEVER if active is None else ends(active, "P1Y", LOS_ANGELES),
                "reoriented_at": NEVER if oriented is None else micros(oriented),
                "forgotten_at": NEVER if oriented is None else ends(oriented, "P1Y", LOS_ANGELES),
            }
        }

    def _named(self, name: str) -> str | None:
        """Return the one entity of that exact name."""
        claimants = self._by_name.get(texts.one_spelling(name), set())
        return next(iter(claimants)) if len(claimants) == 1 else None

    def _of_names(self, request: SharingRequest) -> Plain:
        organisation, authenticated = request.requested_by.organisation, request.authenticated_as
        asking = organisation if organisation == authenticated else self._named(organisation)
        own = {str(self._policy.agency.entity_id), asking}
        behalf = request.requested_by.on_behalf_of
        stated = None if texts.is_blank(behalf) else self._named(behalf or "")
        others = {*self._mentioned(request), *([stated] if stated else ())} - own
        found: Plain = {
            "is_for_unknown": not texts.is_blank(behalf) and stated is None,
            "others": [reference("Entity", one) for one in sorted(others)],
            "organisation": texts.one_spelling(organisation),
            "asking_is_known": asking in self._known,
        }
        ids = {
            "asking": asking,
            "authenticated_as": authenticated or None,
            "recipient_id": request.recipient_id,
        }
        return found | {key: reference("Entity", one) for key, one in ids.items() if one is not None}

    def _mentioned(self, request: SharingRequest) -> set[str]:
        """Return the bodies that a text names after "for", "assist", "per" or "on behalf of"."""
        mentioned = set()
        for text in _texts(request):
            for words in texts.readings(text):
                for place, word in enumerate(words):
                    if word in _TRIGGERS:
                        mentioned |= self._standing_at(words[place + 1 :])
        return mentioned

    def _standing_at(self, words: list[str]) -> set[str]:
        while words and words[0] in _FILLING:
            words = words[1:]
        return {whose for name, whose in self._spoken if name and words[: len(name)] == name}

    def _of_texts(self, request: SharingRequest) -> Plain:
        asker, reason = request.requested_by, request.reason_text
        read = [words for text in _texts(request) for words in texts.readings(text)]
        consideration = request.consideration
        return {
            "user_is_blank": texts.is_blank(asker.user),
            "organisation_is_blank": texts.is_blank(asker.organisation),
            "reason_is_blank": texts.is_blank(reason),
            "case_number_is_blank": texts.is_blank(request.case_number),
            "is_paid_for": not texts.is_blank(consideration),
            "offence_field": texts.field_of_offence(request.offence_code or ""),
            "longest_text": max((len(text) for text in _texts(request, whole=True)), default=0),
            "screened": sorted(
                {kind for kind, phrase in self._screened for words in read if texts.holds(words, phrase)}
            ),
            "is_placeholder_only": not texts.is_blank(reason)
            and any(texts.is_made_of(words, self._placeholders) for words in texts.readings(reason or "")),
        }

    def _of_times(self, request: SharingRequest, now: datetime) -> Plain:
        selector, reads, policy = request.selector, request.records, self._policy
        asked, start, end = request.requested_at, selector.window_from, selector.window_to
        captured = [one.captured_at for one in reads]
        oldest = min((*captured, *([start] if start else ())), default=None)
        instants: dict[str, int | None] = {
            "now": micros(now),
            "latest": ends(now, policy.clock_skew, LOS_ANGELES),
            "asked": micros(asked) if asked else None,
            "asked_or_now": micros(asked or now),
            "newest": micros(max(captured)) if captured else None,
            "window_from": micros(start) if start else None,
            "window_to": micros(end) if end else None,
            "longest_to": ends(start, policy.max_window, LOS_ANGELES) if start else None,
            "deleted_at": ends(oldest, policy.retained_for, LOS_ANGELES) if oldest else None,
            "hidden_at": ends(oldest, policy.visible_for, LOS_ANGELES) if oldest else None,
        }
        expires = {"expires_at": ends(asked, policy.request_max_age, LOS_ANGELES)} if asked else {}
        ages = {key: _too_old(oldest, one.max_record_age, one.zone) for key, one in self._ages.items()}
        return {key: at for key, at in instants.items() if at is not None} | expires | {"too_old_at": ages}


def _of_request(request: SharingRequest) -> Plain:
    """Return what needs no more than to be copied."""
    selector, reads = request.selector, request.records
    plate = (selector.plate or "").replace(" ", "").replace("-", "")
    optional = {
        "purpose": None if request.purpose_code is None else str(request.purpose_code),
        "min_revision": request.min_revision,
        "plate": selector.plate or None,
    }
    return {
        "initiated_by": str(request.initiated_by),
        "data_types": [str(one) for one in request.data_types],
        "scopes": [str(one) for one in request.scopes],
        "networks": list(request.networks),
        "has_reads": bool(reads),
        "has_read_without_id": any(texts.is_blank(one.read_id) for one in reads),
        "read_types": [str(one.data_type) for one in reads],
        "read_networks": [_network(one) for one in reads],
        "plate_literals": len(plate),
        "plate_has_sign": any(not one.isalnum() for one in plate),
        "read_ids": len(selector.read_ids),
        "has_wild_read_id": any(texts.is_blank(one) or _WILD & set(one) for one in selector.read_ids),
    } | {key: value for key, value in optional.items() if value is not None}


def _network(read: PlateRead) -> str:
    """Return the network of a read; a read of none has a name that no agreement can have."""
    return "\x00 none" if read.network is None else read.network


def _too_old(oldest: datetime | None, age: str, zone: str) -> int:
    place = zone_named(zone)
    return NEVER if oldest is None or place is None else ends(oldest, age, place)


def _texts(request: SharingRequest, *, whole: bool = False) -> list[str]:
    most = None if whole else texts.LONGEST_SCREENED
    return [(one or "")[:most] for one in (request.reason_text, request.offence_code, request.case_number)]
