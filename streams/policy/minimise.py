"""What may leave: of what was asked, only what the agreement covers, field by field.

Data minimisation under the interagency agreement (Special Order 31). A release is an upper bound: no
field, type, network or age outside the agreement, and none that was not asked for.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self, TypeVar

from streams.errors import BooksNotCurrentError
from streams.policy.books import BooksView
from streams.policy.decision import Decision
from streams.policy.policy_in_force import AGENCY_ZONE, PolicyInForce
from streams.policy.release import Release
from streams.policy.request import PlateRead, Selector, SharingRequest
from streams.policy.terms import Terms
from streams.policy.vocabulary import DataType, EntityId, Purpose, Verdict

_Value = TypeVar("_Value")

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
        or decision.verdict is not Verdict.FORWARD
        or decision.entity_id is None
    ):
        raise BooksNotCurrentError(
            f"decision `{decision.decision_id}` forwards nothing at revision {books.revision}; decide again"
        )
    return _release(
        request, decision, decision.entity_id, Bounds.of(request, terms, policy, decision.decided_at)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What request and agreement allow together, at one instant.

    INVARIANT: each tuple is part of what was asked for and part of what is covered. `fields` are names of
    `PlateRead`, the three that every read has left out.
    """

    terms: Terms
    policy: PolicyInForce
    now: datetime
    data_types: tuple[DataType, ...]
    fields: tuple[str, ...]
    networks: tuple[str, ...]

    @classmethod
    def of(cls, request: SharingRequest, terms: Terms, policy: PolicyInForce, now: datetime) -> Self:
        """Return the bounds; where the request names no network, the agreement's networks bound it."""
        agreement = terms.agreement
        # Of the request, not of the agreement: what is covered and was not asked for stays here.
        types = tuple(one for one in request.data_types if one in terms.data_types)
        return cls(
            terms=terms,
            policy=policy,
            now=now,
            data_types=types,
            fields=tuple(name for name in OPTIONAL if name in agreement.fields and _shows(name, types)),
            networks=tuple(one for one in request.networks or agreement.networks if _in_networks(one, terms)),
        )

    def allow(self, record: PlateRead) -> bool:
        """Tell whether a pushed record may go at all."""
        return (
            record.data_type in self.data_types
            and _in_networks(record.network, self.terms)
            and self._is_young_enough(record.captured_at)
        )

    def _is_young_enough(self, captured: datetime) -> bool:
        """Tell whether a read is young enough for the agreement, and still visible."""
        span, zone = self.terms.max_record_age, self.terms.zone
        if span is None or zone is None or span.is_over(captured, self.now, zone):
            return False
        return not self.policy.visible_for.is_over(captured, self.now, AGENCY_ZONE)

    def _oldest(self) -> datetime:
        """Return from when on reads are young enough and visible; now, if that cannot be read."""
        span, zone = self.terms.max_record_age, self.terms.zone
        if span is None or zone is None:
            return self.now
        return max(span.oldest(self.now, zone), self.policy.visible_for.oldest(self.now, AGENCY_ZONE))

    def strip(self, record: PlateRead) -> PlateRead:
        """Return the record with the fields of the agreement and no others.

        Field by field and not by a loop over names: a field that is added to a read stays out until somebody
        adds it here.
        """
        return PlateRead(
            read_id=record.read_id,
            captured_at=record.captured_at,
            data_type=record.data_type,
            plate=self._shown("plate", record.plate),
            plate_region=self._shown("plate_region", record.plate_region),
            confidence=self._shown("confidence", record.confidence),
            camera_id=self._shown("camera_id", record.camera_id),
            camera_name=self._shown("camera_name", record.camera_name),
            network=self._shown("network", record.network),
            latitude=self._shown("latitude", record.latitude),
            longitude=self._shown("longitude", record.longitude),
            heading_degrees=self._shown("heading_degrees", record.heading_degrees),
            vehicle_make=self._shown("vehicle_make", record.vehicle_make),
            vehicle_model=self._shown("vehicle_model", record.vehicle_model),
            vehicle_color=self._shown("vehicle_color", record.vehicle_color),
            image_reference=self._shown("image_reference", record.image_reference),
        )

    def _shown(self, field: str, value: _Value) -> _Value | None:
        return value if field in self.fields else None

    def narrow(self, selector: Selector) -> Selector:
        """Return the selector; one that does not say from when on is given the oldest allowed instant.

        A release order leaves the gate for a system that knows no agreement, so it has to say itself how far
        back to look.
        """
        return selector if selector.window_from is not None else replace(selector, window_from=self._oldest())


def _release(request: SharingRequest, decision: Decision, entity_id: EntityId, bounds: Bounds) -> Release:
    agreement = bounds.terms.agreement
    return Release(
        decision_id=decision.decision_id,
        request_id=request.request_id,
        kind=request.kind,
        entity_id=entity_id,
        agreement_id=agreement.agreement_id,
        agreement_version=agreement.version,
        purpose_code=request.purpose_code or Purpose.UNKNOWN,
        data_types=bounds.data_types,
        # Cut again to what is covered, though the rules have seen to it: the second lock trusts nobody.
        scopes=tuple(scope for scope in request.scopes if scope in bounds.terms.scopes),
        networks=bounds.networks,
        fields=bounds.fields,
        selector=bounds.narrow(request.selector),
        records=tuple(bounds.strip(record) for record in request.records if bounds.allow(record)),
        obligations=decision.obligations,
        clause_reference=agreement.clause_reference,
        clause_text=agreement.clause_text,
        issued_at=decision.decided_at,
    )


def _in_networks(network: str | None, terms: Terms) -> bool:
    return terms.networks is None or network in terms.networks


def _shows(field: str, types: tuple[DataType, ...]) -> bool:
    """Tell whether a field may show: a picture only where images are asked for and covered."""
    return field != "image_reference" or DataType.IMAGE in types
