"""A simulated day at the gate: requests of all kinds, each labelled with what the gate must do with it.

Beside the stories it plays what only a sequence can show: repeats of earlier requests, supplements that fill
what a held request lacked, and seals that are missing, forged or torn.

The clock of the day is simulated too: requests are spread evenly over the 24 hours before `now`, and all are
decided as of `now`. Nothing is sent from here, and no clock is read.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from streams.codecs.keyring import Keyring
from streams.policy.request import SharingRequest
from streams.policy.seal import sign_request
from streams.policy.vocabulary import Purpose, ReasonCode, RecordKind, Verdict
from streams.simulators.agencies import Region
from streams.simulators.scenes import REASONS, Scene, search
from streams.simulators.stories import STORIES

DAY = timedelta(days=1)
# Few, so that a repeat comes soon after its original, as re-sends do.
REMEMBERED = 200
# Shares of all requests; the rest are fresh ones.
SHARE_OF_REPEATS = 0.03
SHARE_OF_SUPPLEMENTS = 0.02
SHARE_OF_BAD_SEALS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """One request as it arrives, and what is right.

    `verdict` and `leading` are those of the request by itself, its seal checked first. `record` is what its
    ledger record is after all that came before it; a repeat and a resolution are answered like that too.

    `story` names the way of asking, or `repeat`, `supplement` or what is wrong with the seal.
    """

    story: str
    request: SharingRequest
    verdict: Verdict
    leading: ReasonCode | None
    record: RecordKind = RecordKind.DECISION


class Day:
    """The traffic of the 24 hours before `now`. The same arguments give the same requests.

    `keyring` seals the honest requests with its active key, so the gate must have that key. One use tells one
    day: a second call of `requests` goes on with the dice where the first left them.
    """

    def __init__(self, region: Region, keyring: Keyring, now: datetime, seed: int = 1) -> None:
        self._region, self._keyring, self._now, self._seed = region, keyring, now, seed
        self._rng = random.Random(seed)
        self._answered: list[Simulated] = []
        self._incomplete: list[SharingRequest] = []

    def requests(self, count: int = 20_000) -> Iterator[Simulated]:
        """Yield `count` requests in the order in which they arrive.

        A repeat or a supplement needs an earlier request, so the first few are always fresh ones.
        """
        for number in range(count):
            asked = self._now - DAY + DAY * number / count
            scene = Scene(
                rng=self._rng,
                region=self._region,
                number=number,
                run=f"sim-{self._seed}",
                asked=asked,
                now=self._now,
            )
            yield self._next(scene)

    def _next(self, scene: Scene) -> Simulated:
        # One throw for all shares, so that they add up.
        dice = self._rng.random()
        if dice < SHARE_OF_REPEATS and self._answered:
            return self._repeat()
        dice -= SHARE_OF_REPEATS
        if dice < SHARE_OF_SUPPLEMENTS and self._incomplete:
            return self._supplement()
        dice -= SHARE_OF_SUPPLEMENTS
        if dice < SHARE_OF_BAD_SEALS:
            return self._badly_sealed(scene)
        return self._fresh(scene)

    def _fresh(self, scene: Scene) -> Simulated:
        story = self._rng.choices(STORIES, WEIGHTS)[0]
        request = story.make(scene)
        simulated = Simulated(
            story=story.name,
            request=self._sealed(request),
            verdict=story.verdict,
            leading=story.leading,
        )
        # Only what lacks a field can be supplemented.
        if story.leading is ReasonCode.ACCESS_RECORD_INCOMPLETE:
            self._incomplete.append(request)
        elif story.verdict is not Verdict.HOLD:
            self._answered.append(simulated)
            del self._answered[:-REMEMBERED]
        return simulated

    def _repeat(self) -> Simulated:
        first = self._rng.choice(self._answered)
        # The very same request, seal and all: content that differs would be another request.
        return replace(first, story="repeat", record=RecordKind.REPEAT)

    def _supplement(self) -> Simulated:
        """Fill in what the held request lacked, and leave the rest as it was."""
        request = self._incomplete.pop(self._rng.randrange(len(self._incomplete)))
        requester = request.requested_by
        complete = replace(
            request,
            requested_by=requester if requester.user.strip() else replace(requester, user="officer-late"),
            purpose_code=request.purpose_code or Purpose.CRIMINAL_INVESTIGATION,
            reason_text=request.reason_text or REASONS[0],
            requested_at=request.requested_at or request.selector.window_to,
        )
        return Simulated(
            story="supplement",
            request=self._sealed(complete),
            verdict=Verdict.FORWARD,
            leading=None,
            record=RecordKind.RESOLUTION,
        )

    def _badly_sealed(self, scene: Scene) -> Simulated:
        story, spoil = self._rng.choice(SPOILERS)
        return Simulated(
            story=story,
            request=spoil(self._sealed(search(scene))),
            verdict=Verdict.BLOCK,
            leading=ReasonCode.REQUESTER_NOT_AUTHENTICATED,
        )

    def _sealed(self, request: SharingRequest) -> SharingRequest:
        key_id = self._keyring.active_intake_key
        return sign_request(request, key_id, self._keyring.intake_keys[key_id])


def _unsealed(request: SharingRequest) -> SharingRequest:
    return replace(request, intake_seal=None)


def _forged(request: SharingRequest) -> SharingRequest:
    """Seal it with a key that the keyring does not have, under the name of one that it has."""
    key_id = request.intake_seal.key_id if request.intake_seal else ""
    return sign_request(request, key_id, b"a key that nobody gave to an intake")


def _torn(request: SharingRequest) -> SharingRequest:
    """Change the content after it was sealed."""
    return replace(request, case_number="changed on the way")


def _of_unknown_key(request: SharingRequest) -> SharingRequest:
    return sign_request(request, "intake-of-nobody", b"a key that nobody gave to an intake")


SPOILERS: tuple[tuple[str, Callable[[SharingRequest], SharingRequest]], ...] = (
    ("no seal", _unsealed),
    ("forged seal", _forged),
    ("torn seal", _torn),
    ("unknown key", _of_unknown_key),
)
WEIGHTS = tuple(story.weight for story in STORIES)
