"""Simulated reads: what the cameras of an agency deliver, with all that a live share has to tell apart.

The same seed gives the same reads. Most are plain reads of one network; some hit a hot list, of the agency's
own or of one that may go nowhere; some are sent again, come from a clock that is ahead, or are years old.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from streams.policy.agreement import Agreement, VolumeBudget
from streams.policy.live_terms import LiveTerms
from streams.policy.read_event import HotListSource, ReadEvent
from streams.policy.request import PlateRead
from streams.policy.vocabulary import DataType, Purpose, Scope

NETWORKS = ("harbor", "valley", "central")
OWN_LIST, STATE_LIST = "stolen vehicles", "CLETS stolen vehicles"
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
# Out of a hundred reads.
_HITS, _REPLAYS, _FUTURE, _OLD = 4, 2, 1, 1


@dataclass(frozen=True, slots=True)
class Cameras:
    """Cameras that read plates from `start` on; `seed` decides which."""

    start: datetime
    seed: int = 1

    def reads(self, count: int, every: timedelta = timedelta(0)) -> Iterator[ReadEvent]:
        """Yield so many reads, one `every` so long."""
        rng = random.Random(self.seed)
        for number in range(count):
            yield self._read(number, self.start + number * every, rng)

    def _read(self, number: int, now: datetime, rng: random.Random) -> ReadEvent:
        kind, camera = rng.randrange(100), rng.randrange(40)
        plate = f"{rng.randrange(10)}{''.join(rng.choices(_LETTERS, k=3))}{rng.randrange(1000):03}"
        event = ReadEvent(
            read=PlateRead(
                read_id=f"sim:{self.seed}:{number}",
                captured_at=now - timedelta(seconds=rng.randrange(1, 30)),
                plate=plate,
                plate_region="US-CA",
                confidence=0.9,
                camera_id=f"camera-{camera}",
                camera_name=f"Camera {camera}",
                network=NETWORKS[camera % len(NETWORKS)],
                latitude=34.0 + camera / 100,
                longitude=-118.0 - camera / 100,
                vehicle_make="Toyota",
            ),
            feed="sim",
            plate_as_read=plate,
            received_at=now,
            source_digest=f"{number:064x}",
        )
        return _changed(event, kind, now)


def _changed(event: ReadEvent, kind: int, now: datetime) -> ReadEvent:
    if kind < _HITS:
        return _hit(event, kind)
    if kind < _HITS + _REPLAYS:
        return replace(event, is_replay=True)
    if kind < _HITS + _REPLAYS + _FUTURE:
        return _captured(event, now + timedelta(hours=7))
    if kind < _HITS + _REPLAYS + _FUTURE + _OLD:
        return _captured(event, now - timedelta(days=1000))
    return event


def _hit(event: ReadEvent, kind: int) -> ReadEvent:
    """Return a hit on a list: the agency's own, the state's, one of immigration enforcement, or nobody's."""
    source = (
        HotListSource(owner="the agency", list_name=OWN_LIST, reason="stolen", case_number="26-1"),
        HotListSource(owner="the agency", list_name=STATE_LIST, reason="stolen", case_number="26-2"),
        HotListSource(owner="ICE", list_name=OWN_LIST, reason="wanted", case_number="26-3"),
        HotListSource(list_name=OWN_LIST),
    )[kind]
    return replace(event, read=replace(event.read, data_type=DataType.HOTLIST_HIT), hot_lists=(source,))


def _captured(event: ReadEvent, instant: datetime) -> ReadEvent:
    return replace(event, read=replace(event.read, captured_at=instant))


def live_version(agreement: Agreement, number: int, budget: int = 1_000_000) -> Agreement:
    """Return the next version of an agreement, which gives a live share; every third one is coarse."""
    is_coarse = number % 3 == 0
    return replace(
        agreement,
        version=agreement.version + 1,
        scopes=(*agreement.scopes, Scope.VMS_LIVE),
        networks=("*",) if number % 2 else NETWORKS[:2],
        live_feed=True,
        live_terms=LiveTerms(
            receiving_system=f"ALPR server of {agreement.entity_id}",
            accountable_user=f"administrator {number}",
            purpose=Purpose.CRIMINAL_INVESTIGATION,
            reason="vehicles taken in one city and driven to the next",
            time_coarseness="PT1M" if is_coarse else None,
            place_decimals=2 if is_coarse else None,
            hot_lists=(OWN_LIST,),
        ),
        volume_budget=VolumeBudget(reads=budget, period="P1D"),
    )
