from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from streams.codecs.keyring import Keyring, new_keyring
from streams.codecs.request import decode_request, encode_request
from streams.policy.decide import decide
from streams.policy.policy_in_force import put_in_force
from streams.policy.seal import seal_holds
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from streams.simulators.agencies import Region, simulated_region
from streams.simulators.stories import STORIES
from streams.simulators.traffic import SPOILERS, Day, Simulated

NOW = datetime(2031, 3, 1, 17, 0, tzinfo=UTC)
COUNT = 20_000


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return new_keyring(bytes(range(64)))


@pytest.fixture(scope="module")
def region() -> Region:
    return simulated_region(7, NOW)


@pytest.fixture(scope="module")
def day(region: Region, keyring: Keyring) -> list[Simulated]:
    return list(Day(region, keyring, NOW, seed=7).requests(COUNT))


def test_every_request_is_decided_as_its_label_says(
    day: list[Simulated], region: Region, keyring: Keyring
) -> None:
    books, policy = region.books(), put_in_force(region.policy)
    wrong: Counter[tuple[str, str, str]] = Counter()
    for simulated in day:
        request = simulated.request
        if not seal_holds(request, keyring.intake_keys):
            request = request.unauthenticated()
        decision = decide(request, books, policy, NOW)
        if (decision.verdict, decision.leading_reason) != (simulated.verdict, simulated.leading):
            wrong[simulated.story, decision.verdict, str(decision.leading_reason)] += 1
    assert wrong == {}


def test_a_day_has_every_story_and_every_way_to_spoil_a_seal(day: list[Simulated]) -> None:
    told = {simulated.story for simulated in day}
    expected = {story.name for story in STORIES} | {name for name, _ in SPOILERS}
    assert told == expected | {"repeat", "supplement"}


def test_most_requests_are_honest_and_many_are_not(day: list[Simulated]) -> None:
    verdicts = Counter(simulated.verdict for simulated in day)
    assert verdicts[Verdict.FORWARD] > COUNT / 3
    assert verdicts[Verdict.BLOCK] > COUNT / 6
    assert verdicts[Verdict.HOLD] > COUNT / 20


def test_requests_are_spread_over_the_day_before_now(day: list[Simulated]) -> None:
    honest = [each.request.requested_at for each in day if each.story == "search"]
    times = [time for time in honest if time is not None]
    assert min(times) < NOW - timedelta(hours=23)
    assert NOW - timedelta(hours=1) < max(times) < NOW
    assert times == sorted(times)


def test_a_repeat_is_an_earlier_request_unchanged(day: list[Simulated]) -> None:
    seen = set()
    repeats = 0
    for simulated in day:
        if simulated.record is RecordKind.REPEAT:
            repeats += 1
            assert simulated.request in seen
        seen.add(simulated.request)
    assert repeats > COUNT / 100


def test_a_supplement_fills_blank_fields_of_an_earlier_hold_and_changes_no_other(
    day: list[Simulated],
) -> None:
    held = {
        simulated.request.request_id: simulated.request
        for simulated in day
        if simulated.story != "supplement"
    }
    supplements = [simulated.request for simulated in day if simulated.record is RecordKind.RESOLUTION]
    assert supplements
    for supplement in supplements:
        before = held[supplement.request_id]
        for name in (
            "purpose_code",
            "reason_text",
            "requested_at",
            "recipient_name",
            "selector",
            "case_number",
        ):
            old = getattr(before, name)
            assert not old or getattr(supplement, name) == old
        user = before.requested_by.user
        assert not user.strip() or supplement.requested_by.user == user


def test_every_request_has_its_own_id_and_plate_but_repeats_and_supplements(day: list[Simulated]) -> None:
    fresh = [simulated.request for simulated in day if simulated.record is RecordKind.DECISION]
    assert len({request.request_id for request in fresh}) == len(fresh)


def test_the_same_seed_gives_the_same_day(region: Region, keyring: Keyring) -> None:
    first = list(Day(region, keyring, NOW, seed=3).requests(200))
    assert first == list(Day(region, keyring, NOW, seed=3).requests(200))
    assert first != list(Day(region, keyring, NOW, seed=4).requests(200))


def test_every_request_is_the_same_after_a_way_through_kafka(day: list[Simulated], keyring: Keyring) -> None:
    for simulated in day[:3000]:
        arrived = decode_request(encode_request(simulated.request))
        assert arrived == simulated.request
        assert seal_holds(arrived, keyring.intake_keys) is (
            simulated.leading is not ReasonCode.REQUESTER_NOT_AUTHENTICATED
        )
