"""What cannot be decided here: unreadable, misplaced, too large, refused by the broker."""

from datetime import timedelta
from typing import Any

import pytest

from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request import encode_request
from streams.kafka.partitioner import partition_of
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from streams.simulators.malformed import malformed
from tests.gate.bench import Arrived, Bench, bytes_of, signed, snapshot
from tests.policy.building import NOW

MALFORMED = malformed(encode_request(signed()), 3)


def placed(partition: int, **changes: Any) -> SharingRequest:
    """Return a request that belongs to that one of two partitions."""
    numbers = (number for number in range(99) if partition_of(f"r-{number}", 2) == partition)
    return signed(**{"request_id": f"r-{next(numbers)}", **changes})


def is_beginning_of_too_much(kept: bytes | None, value: bytes | None) -> bool:
    """Tell whether a value that is larger than any broker takes uncompressed was cut."""
    return bool(kept) and value is not None and len(value) > INPUT_LIMIT and value.startswith(kept or b"?")


@pytest.mark.parametrize("spoilt", MALFORMED, ids=lambda spoilt: spoilt.kind)
def test_promise_5_unreadable_bytes_are_a_ledger_record_and_a_dead_letter(spoilt: Any, bench: Bench) -> None:
    bench.commit(bench.draft_of([Arrived(offset=7, value=spoilt.value, key=b"\xff")]))
    record, letter = bench.last, bench.dead_letters[0]
    assert (record.kind, record.verdict, record.source_offset) == (RecordKind.MALFORMED, Verdict.BLOCK, 7)
    assert (record.leading_reason, record.request_id) == (ReasonCode.MALFORMED_EVENT, None)
    assert (letter.key, letter.decision_id) == (b"\xff", record.decision_id)
    assert letter.value == spoilt.value or is_beginning_of_too_much(letter.value, spoilt.value)
    assert (letter.source_topic, letter.source_partition, letter.source_offset) == (
        "alpr.sharing.requests", 0, 7,
    )  # fmt: skip
    assert (letter.recorded_at, letter.error) == (bench.now, record.reasons[0].message)


def test_unreadable_bytes_do_not_stop_what_comes_after(bench: Bench) -> None:
    bench.send(b"?", signed(), None, signed())
    assert [record.kind.value for record in bench.ledger[1:]] == [
        "malformed",
        "decision",
        "malformed",
        "repeat",
    ]


def test_the_same_bytes_at_another_offset_are_another_dead_letter(bench: Bench) -> None:
    bench.send(b"?", b"?")
    assert len({letter.decision_id for letter in bench.dead_letters}) == 2


def test_a_draft_counts_what_arrived_and_what_became_of_it(bench: Bench) -> None:
    draft = bench.draft_of(
        [Arrived(offset=0, value=b"?", timestamp=5), Arrived(offset=3, value=bytes_of(signed()))]
    )
    tally = draft.journal.tally
    assert (tally.arrivals, tally.dead_letters, tally.rerouted) == ([5, 0], 1, 0)
    assert tally.kinds == {RecordKind.GENESIS: 1, RecordKind.MALFORMED: 1, RecordKind.DECISION: 1}
    assert [counted.verdict for counted in tally.decisions.elements()] == [Verdict.FORWARD]


def test_a_misplaced_request_is_moved_undecided_and_decided_where_it_belongs() -> None:
    wrong, right, request = Bench(0, 2), Bench(1, 2), placed(1)
    draft = wrong.send(request)
    assert (wrong.last.kind, wrong.last.verdict) == (RecordKind.REROUTED, Verdict.UNKNOWN)
    assert (wrong.last.request_id, wrong.last.source_offset, wrong.releases()) == (request.request_id, 0, [])
    assert draft.journal.tally.rerouted == 1
    (sent,) = draft.outbox["alpr.sharing.requests", 1]
    row = sent[:2]
    assert row == (request.request_id.encode(), bytes_of(request))
    right.send(row[1], row[1])
    assert [record.kind.value for record in right.ledger[1:]] == ["decision", "repeat"]
    assert len(right.releases()) == 1


def test_a_request_at_home_is_not_moved() -> None:
    bench = Bench(1, 2)
    assert ("alpr.sharing.requests", 0) not in bench.send(placed(1)).outbox
    assert bench.last.kind is RecordKind.DECISION


def test_a_forward_that_cannot_be_written_is_held(bench: Bench) -> None:
    bench.refuse(signed(), "the topic is gone")
    assert bench.last.leading_reason is ReasonCode.RECIPIENT_UNAVAILABLE
    assert bench.last.reasons[0].message == "the topic is gone"
    assert (bench.releases(), len(bench.state.holds), bench.state.next_source) == ([], 1, 1)
    bench.send(signed())
    assert (bench.last.kind, bench.last.verdict) == (RecordKind.RESOLUTION, Verdict.FORWARD)


def test_a_supplement_whose_release_cannot_be_written_keeps_its_hold(bench: Bench) -> None:
    bench.send(signed(reason_text=""))
    deadline = bench.answers[-1].deadline
    bench.advance(NOW + timedelta(days=1))
    bench.refuse(signed())
    assert (bench.last.kind, bench.last.leading_reason) == (
        RecordKind.RESOLUTION,
        ReasonCode.RECIPIENT_UNAVAILABLE,
    )
    assert [hold.deadline for hold in bench.state.holds] == [deadline]


@pytest.mark.parametrize("sent", [signed(purpose_code="commercial"), signed(reason_text=""), b"?", None])
def test_what_forwards_nothing_and_cannot_be_written_is_a_dead_letter(
    bench: Bench, sent: SharingRequest | bytes | None
) -> None:
    bench.refuse(sent)
    assert (bench.last.kind, len(bench.dead_letters)) == (RecordKind.MALFORMED, 1)
    assert bench.dead_letters[0].value == bytes_of(sent)
    assert len(bench.state.holds) == 0


def test_a_repeat_that_cannot_be_written_is_a_dead_letter(bench: Bench) -> None:
    bench.send(signed())
    bench.refuse(signed())
    assert (bench.last.kind, len(bench.state.holds)) == (RecordKind.MALFORMED, 0)


def test_a_misplaced_request_that_cannot_be_moved_is_a_dead_letter() -> None:
    bench = Bench(0, 2)
    bench.refuse(placed(1))
    assert (bench.last.kind, bench.dead_letters[0].error) == (RecordKind.MALFORMED, "too large")


def largest(**changes: Any) -> SharingRequest:
    """Return a request that fills what the topic takes, by a name, which is not screened like a text."""
    room = INPUT_LIMIT - len(encode_request(signed(**{**changes, "requested_by": {"user": "x"}})))
    return signed(**changes, requested_by={"user": "x " * (room // 2 - 10)})


def test_the_largest_forward_is_forwarded(bench: Bench) -> None:
    # A text of that length is for a reviewer to read; whom to call is no such text.
    room = INPUT_LIMIT - len(encode_request(signed(recipient_contact="x")))
    bench.send(signed(recipient_contact="1" * (room - 10)))
    assert bench.last.verdict is Verdict.FORWARD


def test_a_hold_too_large_to_be_kept_is_a_dead_letter_and_leaves_no_trace(bench: Bench) -> None:
    bench.send(largest(case_number=None), signed(request_id="r-2"))
    assert [record.kind.value for record in bench.ledger[1:]] == ["malformed", "decision"]
    assert "is larger than" in bench.dead_letters[0].error
    assert (len(bench.state.holds), len(bench.answers), bench.rows("alpr.sharing.holds")) == (0, 1, [])
    assert snapshot(bench.state) == snapshot(bench.rebuilt())


def test_a_supplement_too_large_to_be_completed_leaves_the_hold_open(bench: Bench) -> None:
    missing = {"requested_by": {"user": ""}, "case_number": None}
    bench.send(signed(**missing, recipient_contact="1" * 800_000), largest(case_number=None))
    assert [record.kind.value for record in bench.ledger[1:]] == ["decision", "malformed"]
    assert len(bench.state.holds) == 1
    assert bench.state.holds.next_deadline() is not None
    assert snapshot(bench.state) == snapshot(bench.rebuilt())


def test_a_refusal_too_large_to_be_held_is_a_dead_letter(bench: Bench) -> None:
    bench.refuse(largest())
    assert (bench.last.kind, len(bench.dead_letters)) == (RecordKind.MALFORMED, 1)


def test_the_largest_hold_that_is_kept_expires_like_any_other(bench: Bench) -> None:
    user = largest().requested_by.user
    bench.send(signed(case_number=None, requested_by={"user": user[:-2000]}))
    assert (bench.last.verdict, len(bench.state.holds)) == (Verdict.HOLD, 1)
    bench.advance(NOW + timedelta(days=14))
    bench.send()
    assert bench.last.leading_reason is ReasonCode.HOLD_EXPIRED


def test_what_is_buried_is_a_dead_letter_whatever_it_is(bench: Bench) -> None:
    draft = bench.new_draft()
    draft.bury(Arrived(offset=0, value=bytes_of(signed())), "too large")
    bench.commit(draft)
    assert (bench.last.kind, bench.dead_letters[0].error) == (RecordKind.MALFORMED, "too large")
    assert bench.dead_letters[0].value == bytes_of(signed())


def test_of_what_is_larger_than_a_dead_letter_the_beginning_is_kept(bench: Bench) -> None:
    bomb = Arrived(offset=0, key=b"k" * 3 * INPUT_LIMIT, value=b"v" * 9 * INPUT_LIMIT)
    bench.commit(bench.draft_of([bomb]))
    letter = bench.dead_letters[0]
    assert is_beginning_of_too_much(letter.key, bomb.key)
    assert is_beginning_of_too_much(letter.value, bomb.value)
    assert len(letter.value or b"") >= INPUT_LIMIT // 2


def test_offsets_may_jump(bench: Bench) -> None:
    values = [bytes_of(signed(request_id=f"r-{number}")) for number in range(3)]
    offsets = (4, 9, 11)
    bench.commit(bench.draft_of(Arrived(offset=o, value=v) for o, v in zip(offsets, values, strict=True)))
    assert [record.source_offset for record in bench.ledger[1:]] == list(offsets)
    assert bench.state.next_source == 12
