"""What may leave: of what was asked, only what the agreement covers, field by field.

Data minimisation under the interagency agreement (Special Order 31). A release is an upper bound: no
field, type, network or age outside the agreement, and none that was not asked for.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TypeVar

from streams.errors import BooksNotCurrentError
from streams.policy.books import BooksView
from streams.policy.decision import Decision
from streams.policy.durations import Duration
from streams.policy.evidence_cover import Cover
from streams.policy.making import maker_of
from streams.policy.policy_in_force import AGENCY_ZONE, PolicyInForce
from streams.policy.release import ORDER_LIFETIME, Release, make_release
from streams.policy.request import PlateRead, Selector, SharingRequest, make_plate_read, make_selector
from streams.policy.terms import Terms
from streams.policy.vocabulary import DataType, EntityId, Purpose, RequestKind, Verdict, Word

_Value = TypeVar("_Value")
_Word = TypeVar("_Word", bound=Word | str)
# Named here because looking a member up on its enum costs as much as the rest of a step.
_FORWARD, _IMAGE = Verdict.FORWARD, DataType.IMAGE
_RECORD_REQUEST = RequestKind.RECORD_REQUEST

# Every read has these, for it is nothing without them; all else is a field that the agreement must name.
ALWAYS = frozenset({"read_id", "captured_at", "data_type"})
OPTIONAL = (
    "plate",
    "plate_region",
    "confidence",
    "camera_id",
    "camera_name",
    "network",
    "latitude",
    "longitude",
    "heading_degrees",
    "vehicle_make",
    "vehicle_model",
    "vehicle_color",
    "image_reference",
)


def minimise(request: SharingRequest, decision: Decision, books: BooksView) -> Release:
    """Return what a forward releases.

    Raises:
        BooksNotCurrentError: if the books are not those under which the decision forwards.
    """
    # The second lock: even a wrong forward releases nothing outside its agreement.
    terms = None if decision.agreement_id is None else books.terms(decision.agreement_id)
    policy = books.policy()
    if (
        policy is None
        or terms is None
        or terms.agreement.version != decision.agreement_version
        or decision.verdict is not _FORWARD
        or decision.entity_id is None
    ):
        raise BooksNotCurrentError(
            f"decision `{decision.decision_id}` forwards nothing at revision {books.revision}; decide again"
        )
    now = decision.decided_at
    # Only a push carries reads, and only those can be too old to be seen.
    covers = books.evidence_of(request.case_number, now) if request.records else ()
    return _release(request, decision, decision.entity_id, Bounds.of(request, terms, policy, now, covers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What request and agreement allow together, at one instant.

    INVARIANT: each tuple is part of what was asked for and part of what is covered. `fields` are names of
    `PlateRead`, the three that every read has left out. `covers` are the reads that are evidence, and may go
    although they are not visible any more.
    """

    terms: Terms
    policy: PolicyInForce
    now: datetime
    data_types: tuple[DataType, ...]
    fields: tuple[str, ...]
    networks: tuple[str, ...]
    covers: tuple[Cover, ...] = ()

    @classmethod
    def of(
        cls,
        request: SharingRequest,
        terms: Terms,
        policy: PolicyInForce,
        now: datetime,
        covers: tuple[Cover, ...],
    ) -> "Bounds":
        """Return the bounds; where the request names no network, the agreement's networks bound it."""
        agreement = terms.agreement
        # Of the request, not of the agreement: what is covered and was not asked for stays here.
        types = _within(request.data_types, terms.data_types)
        return _make_bounds(
            terms=terms,
            policy=policy,
            now=now,
            data_types=types,
            # A picture shows only where images are asked for and covered.
            fields=shown_fields(agreement.fields, shows_pictures=_IMAGE in types),
            networks=_within(request.networks or agreement.networks, terms.networks),
            covers=covers,
        )

    def allow(self, record: PlateRead) -> bool:
        """Tell whether a pushed record may go at all."""
        return (
            record.data_type in self.data_types
            and _in_networks(record.network, self.terms)
            and self._is_young_enough(record.captured_at)
            and self._is_visible(record)
        )

    def _is_young_enough(self, captured: datetime) -> bool:
        """Tell whether a read is young enough for the agreement; no evidence hold lifts that."""
        span, zone = self.terms.max_record_age, self.terms.zone
        return span is not None and zone is not None and not span.is_over(captured, self.now, zone)

    def _is_visible(self, record: PlateRead) -> bool:
        """Tell whether a read is not logically deleted, or is evidence in the case of the request."""
        if not self.policy.visible_for.is_over(record.captured_at, self.now, AGENCY_ZONE):
            return True
        return any(cover.names_read(record) for cover in self.covers)

    def _oldest(self) -> datetime:
        """Return from when on reads are young enough and visible; now, if that cannot be read."""
        span, zone = self.terms.max_record_age, self.terms.zone
        if span is None or zone is None:
            return self.now
        return _oldest_of(span, zone, self.policy.visible_for, self.now, (self.now.tzinfo, self.now.fold))

    def strip(self, record: PlateRead) -> PlateRead:
        """Return the record with the fields of the agreement and no others."""
        return stripped(record, self.fields)

    def narrow(self, selector: Selector) -> Selector:
        """Return the selector; one that does not say from when on is given the oldest allowed instant.

        A release order leaves the gate for a system that knows no agreement, so it has to say itself how far
        back to look.
        """
        if selector.window_from is not None:
            return selector
        return make_selector(
            plate=selector.plate,
            read_ids=selector.read_ids,
            window_from=self._oldest(),
            window_to=selector.window_to,
        )


_make_bounds = maker_of(Bounds)


def stripped(record: PlateRead, fields: Container[str]) -> PlateRead:
    """Return the record with these fields, and those that every read has, and no others.

    Field by field and not by a loop over names: a field that is added to a read stays out until somebody adds
    it here.
    """

    def shown(field: str, value: _Value) -> _Value | None:
        return value if field in fields else None

    return make_plate_read(
        read_id=record.read_id,
        captured_at=record.captured_at,
        data_type=record.data_type,
        plate=shown("plate", record.plate),
        plate_region=shown("plate_region", record.plate_region),
        confidence=shown("confidence", record.confidence),
        camera_id=shown("camera_id", record.camera_id),
        camera_name=shown("camera_name", record.camera_name),
        network=shown("network", record.network),
        latitude=shown("latitude", record.latitude),
        longitude=shown("longitude", record.longitude),
        heading_degrees=shown("heading_degrees", record.heading_degrees),
        vehicle_make=shown("vehicle_make", record.vehicle_make),
        vehicle_model=shown("vehicle_model", record.vehicle_model),
        vehicle_color=shown("vehicle_color", record.vehicle_color),
        image_reference=shown("image_reference", record.image_reference),
    )


def _release(request: SharingRequest, decision: Decision, entity_id: EntityId, bounds: Bounds) -> Release:
    agreement = bounds.terms.agreement
    return make_release(
        decision_id=decision.decision_id,
        request_id=request.request_id,
        kind=request.kind,
        entity_id=entity_id,
        agreement_id=agreement.agreement_id,
        agreement_version=agreement.version,
        purpose_code=request.purpose_code or Purpose.UNKNOWN,
        data_types=bounds.data_types,
        # Cut again to what is covered, though the rules have seen to it: the second lock trusts nobody.
        scopes=_within(request.scopes, bounds.terms.scopes),
        networks=bounds.networks,
        fields=bounds.fields,
        selector=bounds.narrow(request.selector),
        records=tuple([bounds.strip(record) for record in request.records if bounds.allow(record)]),
        obligations=decision.obligations,
        clause_reference=agreement.clause_reference,
        clause_text=agreement.clause_text,
        issued_at=decision.decided_at,
        expires_at=None if request.records or request.kind is not _RECORD_REQUEST else _end(decision),
    )


def _end(decision: Decision) -> datetime:
    """Return until when an order may be carried out."""
    return decision.decided_at + ORDER_LIFETIME


def _in_networks(network: str | None, terms: Terms) -> bool:
    return terms.networks is None or network in terms.networks


def _within(asked: tuple[_Word, ...], covered: frozenset[_Word] | None) -> tuple[_Word, ...]:
    """Return what is covered of it, in its order; None covers all."""
    if covered is None or covered.issuperset(asked):
        return asked
    return tuple(one for one in asked if one in covered)


# Thousands of agreements list the same few fields, and a transaction has one `now`: worked out once for all.
@lru_cache(maxsize=1024)
def shown_fields(listed: tuple[str, ...], *, shows_pictures: bool) -> tuple[str, ...]:
    """Return which of the fields that an agreement lists may go besides those that every read has."""
    return tuple(
        name for name in OPTIONAL if name in listed and (shows_pictures or name != "image_reference")
    )


@lru_cache(maxsize=1024)
def _oldest_of(
    span: Duration,
    zone: tzinfo,
    visible_for: Duration,
    now: datetime,
    _written: tuple[tzinfo | None, int],
) -> datetime:
    """Return from when on reads are young enough; `_written` parts equal instants of different zones."""
    return max(span.oldest(now, zone), visible_for.oldest(now, AGENCY_ZONE))
