"""A sharing request as the gate reads it, after decoding and before deciding.

Blank is not absent: decoders keep blank strings as they stand, and the rules treat both as missing.

Everything in it is a claim of the sender except `authenticated_as`, which an intake proves by its seal. None
of it may stand in a log, a metric or the message of an error, for any text may hold a plate or a name.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from streams.policy.making import maker_of
from streams.policy.vocabulary import (
    DataType,
    EntityId,
    Initiator,
    Purpose,
    RequestId,
    RequestKind,
    Scope,
)

# Named here because looking a member up on its enum costs as much as the rest of a rule.
_STANDING_SHARE, _HOTLIST_SHARE = RequestKind.STANDING_SHARE, RequestKind.HOTLIST_SHARE
_HITS = frozenset({DataType.HOTLIST_HIT, DataType.HOTLIST_HIT_RESTRICTED})
_AGENCY = Initiator.AGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks: the person, their organisation, and whom they say they ask for."""

    user: str
    organisation: str
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSeal:
    """The intake's HMAC-SHA-256 over the request: proof of who wrote `authenticated_as`."""

    key_id: str
    mac: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which reads are meant: a plate, ids of reads, a window `[window_from, window_to)`."""

    plate: str | None = None
    read_ids: tuple[str, ...] = ()
    window_from: datetime | None = None
    window_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateRead:
    """One read that a push carries. Instants are UTC; `confidence` is 0 to 1; degrees are WGS 84."""

    read_id: str
    captured_at: datetime
    data_type: DataType = DataType.PLATE_READ
    plate: str | None = None
    plate_region: str | None = None
    confidence: float | None = None
    camera_id: str | None = None
    camera_name: str | None = None
    network: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    heading_degrees: float | None = None
    vehicle_make: str | None = None
    vehicle_model: str | None = None
    vehicle_color: str | None = None
    image_reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingRequest:
    """What somebody asks the gate to share, with whom, and why (Civ. Code 1798.90.52).

    `purpose_code` is None when none was given and `UNKNOWN` when it was a word nobody knows.
    `requested_at` is None when no time was given. Personal values (plate, user) are plain here.
    """

    request_id: RequestId
    kind: RequestKind
    initiated_by: Initiator
    recipient_name: str
    recipient_id: EntityId | None = None
    requested_by: Requester
    recipient_contact: str | None = None
    # Written by the intake alone; what a sender put here is overwritten or blanked.
    authenticated_as: EntityId | None = None
    intake_seal: IntakeSeal | None = None
    purpose_code: Purpose | None = None
    offence_code: str | None = None
    reason_text: str | None = None
    case_number: str | None = None
    data_types: tuple[DataType, ...] = ()
    scopes: tuple[Scope, ...] = ()
    networks: tuple[str, ...] = ()
    selector: Selector = field(default_factory=Selector)
    records: tuple[PlateRead, ...] = ()
    consideration: str | None = None
    requested_at: datetime | None = None
    channel: str = ""
    min_revision: int | None = None
    # Whether life or limb hangs on an answer in minutes; it asks for haste and lifts no rule.
    exigent: bool = False

    @property
    def is_search(self) -> bool:
        """Tell whether the selector alone says which reads are meant, and so must say it well.

        A push names its reads by carrying them; reads that a recipient sends along name nothing. A standing
        share has scopes instead, and a hot list is of hits: nobody gets plate reads under its name.
        """
        if self.kind is _STANDING_SHARE:
            return False
        if self.kind is _HOTLIST_SHARE:
            return not _HITS.issuperset(self.data_types)
        return not self.records or self.initiated_by is not _AGENCY

    def unauthenticated(self) -> Self:
        """Return the request as if no intake had vouched for it; for a seal that does not verify."""
        return replace(self, authenticated_as=None)


make_selector = maker_of(Selector)
make_plate_read = maker_of(PlateRead)
