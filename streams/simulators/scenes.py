"""One moment of the simulation, and the two honest requests that every other one is a change of.

Each story differs from an honest request in one thing, so that its answer can have one cause. What is honest
here satisfies every rule under the example policy: a purpose, a reason in words, a case number, one plate,
three days.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from streams.policy.entity import Entity
from streams.policy.request import PlateRead, Requester, Selector, SharingRequest
from streams.policy.vocabulary import (
    DataType,
    Initiator,
    Purpose,
    ReasonCode,
    RequestId,
    RequestKind,
    Scope,
)
from streams.simulators.agencies import Condition, Region, detective_id

# None holds a word of the policy's screening, so that an honest request is not held for its text.
REASONS = (
    "armed robbery on Spring Street, grey sedan left the scene",
    "hit and run with injuries at Fifth and Main",
    "missing adult, last seen driving a blue pickup",
    "catalytic converter thefts, same vehicle at three scenes",
    "homicide, vehicle of interest seen leaving the parking lot",
    "stolen vehicle used in a burglary series",
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One moment of the simulation: who is there, what time it is, and the dice.

    `asked` is the time of the request and `now` that of the decision, both UTC. `run` and `number` make ids
    and plates, so that two runs into one topic do not repeat each other.
    """

    rng: random.Random
    region: Region
    number: int
    run: str
    asked: datetime
    now: datetime

    def neighbour(self, condition: Condition = Condition.IN_FORCE) -> Entity:
        """Return one of the neighbours whose agreement is in that condition.

        All draws are from the one `rng`, in the order of the requests: the same seed tells the same day.
        """
        return self.rng.choice(self.region.neighbours[condition]).entity

    def outsider(self, reason: ReasonCode) -> Entity:
        """Return a body that the gate refuses for that reason first.

        `reason` is one of `streams.simulators.agencies.OUTSIDERS`.

        Raises:
            KeyError: there is no outsider for that reason.
        """
        return self.rng.choice(self.region.outsiders[reason])

    @property
    def plate(self) -> str:
        """A plate that no other request of the run has."""
        # Of no series that California issues: a simulation names nobody's car.
        return f"S{self.number:06X}"


def search(scene: Scene, entity: Entity | None = None) -> SharingRequest:
    """Return a complete and honest search by a neighbour, or by `entity`.

    It is asked as itself, and `authenticated_as` says so; `streams.simulators.traffic` puts the seal on it,
    or spoils it.
    """
    asking = entity or scene.neighbour()
    return SharingRequest(
        request_id=RequestId(f"{scene.run}-{scene.number:07d}"),
        kind=RequestKind.RECORD_REQUEST,
        initiated_by=Initiator.RECIPIENT,
        recipient_name=asking.name,
        requested_by=Requester(user=f"officer-{scene.number % 997}", organisation=asking.name),
        authenticated_as=asking.entity_id,
        purpose_code=Purpose.CRIMINAL_INVESTIGATION,
        reason_text=scene.rng.choice(REASONS),
        case_number=f"{scene.now.year % 100}-{scene.number:06d}",
        data_types=(DataType.PLATE_READ,),
        scopes=(Scope.SEARCH,),
        # A closed window of the past: one that is open would be a live feed, and one too long is held.
        selector=Selector(plate=scene.plate, window_from=scene.asked - 3 * DAY, window_to=scene.asked),
        requested_at=scene.asked,
        channel="simulation",
    )


def push(scene: Scene) -> SharingRequest:
    """Return a push of a few reads of one vehicle by the agency itself.

    The records name what is released, so there is no selector. It holds fields that no simulated agreement
    covers (position, camera id), which `streams.policy.minimise` has to take out.
    """
    agency = scene.region.policy.agency
    reads = tuple(
        PlateRead(
            read_id=f"read-{scene.run}-{scene.number}-{place}",
            captured_at=scene.asked - place * HOUR,
            plate=scene.plate,
            plate_region="US-CA",
            confidence=0.9,
            camera_id=f"camera-{place}",
            camera_name="Broadway north",
            network="central",
            latitude=34.05,
            longitude=-118.24,
            vehicle_make="TOYT",
        )
        for place in range(1, scene.rng.randint(2, 5))
    )
    return replace(
        search(scene),
        initiated_by=Initiator.AGENCY,
        requested_by=Requester(user=detective_id(scene.number), organisation=agency.name),
        authenticated_as=agency.entity_id,
        recipient_contact="watch commander",
        # Nothing to search for: the records are what is shared.
        selector=Selector(),
        records=reads,
    )
