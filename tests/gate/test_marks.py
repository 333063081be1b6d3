"""Sticky holds: asking again for what was held, in other words, under another id, on another partition."""

from datetime import timedelta
from typing import Any

import pytest

from streams.gate.marks import Marks
from streams.policy.vocabulary import ReasonCode, Verdict
from tests.gate.bench import Bench, incomplete, kinds, signed, signed_review
from tests.policy.building import NOW

SUSPICIOUS = {"reason_text": "ice detainer for a homicide suspect"}
DEADLINE = NOW + timedelta(days=14)
AGAIN = {"request_id": "r-2"}
FOLLOWS = ReasonCode.FOLLOWS_HELD_REQUEST
WINDOW = {"plate": None, "window_from": NOW - timedelta(days=2), "window_to": NOW - timedelta(days=1)}


def is_held_again(bench: Bench, **changes: Any) -> bool:
    """Tell whether an innocent request, with changes, is held because it asks again."""
    bench.send(signed(**{**AGAIN, **changes}))
    return bench.last.leading_reason is FOLLOWS


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"selector": {"plate": "8abc-123"}},
        {"selector": {"plate": "\uff18\uff21\uff22\uff23 123"}},
        {"requested_by": {"user": " J.Doe "}},
        {"reason_text": "homicide on Spring Street", "case_number": "24-9"},
        {
            "selector": {
                "plate": "8ABC123",
                "window_from": NOW - timedelta(days=20),
                "window_to": NOW - timedelta(days=19),
            }
        },
    ],
)
def test_another_id_other_words_or_another_spelling_do_not_shake_a_hold_off(
    bench: Bench, change: dict[str, Any]
) -> None:
    bench.send(signed(**SUSPICIOUS, requested_by={"user": "jdoe"}))
    held = bench.last.decision_id
    assert is_held_again(bench, **{"requested_by": {"user": "jdoe"}, **change})
    assert held in bench.last.reasons[0].message
    assert bench.releases() == []


@pytest.mark.parametrize(
    "change",
    [
        {"selector": {"plate": "9XYZ987"}},
        {"requested_by": {"user": "somebody.else"}},
        {"kind": "hotlist_share", "data_types": ["hotlist_hit"], "selector": {"plate": None}},
    ],
)
def test_another_matter_or_another_user_is_decided_by_itself(bench: Bench, change: dict[str, Any]) -> None:
    bench.send(signed(**SUSPICIOUS))
    assert not is_held_again(bench, **change)


def test_in_the_same_batch_it_is_noticed_too(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS), signed(**AGAIN))
    assert kinds(bench) == [("decision", "hold")] * 2
    assert bench.last.leading_reason is FOLLOWS


def test_what_another_partition_holds_is_noticed_in_this_one(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    other = Bench()
    other.marks = bench.marks
    assert is_held_again(other)


def test_what_another_partition_is_about_to_hold_is_noticed_in_this_one(bench: Bench) -> None:
    made = bench.draft(signed(**SUSPICIOUS)).marks
    other = Bench()
    other.marks.under_way.put(7, *made)
    assert is_held_again(other)


def test_what_another_partition_is_about_to_lift_holds_until_it_is_lifted(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    approval = signed_review(bench.last, "approve", ReasonCode.REASON_NEEDS_REVIEW)
    lifting = bench.draft(approval).marks
    other = Bench()
    other.marks = bench.marks
    other.marks.under_way.put(8, *lifting)
    assert is_held_again(other)
    other.marks.put(*lifting)
    other.marks.under_way.settle(9)
    assert not is_held_again(other, request_id="r-3")


@pytest.mark.parametrize("days", [29, 30])
@pytest.mark.parametrize("ending", ["denied", "expired"])
def test_what_was_refused_is_remembered_for_thirty_days(bench: Bench, ending: str, days: int) -> None:
    bench.send(signed(**SUSPICIOUS))
    if ending == "denied":
        bench.send(signed_review(bench.last, "deny"))
    else:
        bench.advance(NOW + timedelta(days=14))
        bench.send()
    assert bench.last.verdict is Verdict.BLOCK
    bench.advance(bench.now + timedelta(days=days))
    asked = {"requested_at": bench.now.isoformat()}
    assert is_held_again(bench, **asked) is (days < 30)


def test_a_refusal_at_the_deadline_is_remembered_from_the_deadline(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    # Nobody was there at the deadline to end it.
    bench.advance(DEADLINE + timedelta(days=29))
    bench.send()
    bench.advance(DEADLINE + timedelta(days=30))
    assert not is_held_again(bench, requested_at=bench.now.isoformat())


def test_asking_again_and_again_does_not_renew_the_hold(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    bench.advance(NOW + timedelta(days=13))
    assert is_held_again(bench, requested_at=bench.now.isoformat())
    # The first ends, then the one that follows it, each because nobody has read it.
    for days in (14, 27):
        bench.advance(NOW + timedelta(days=days))
        bench.send()
        assert ReasonCode.HOLD_EXPIRED in {one.code for one in bench.last.reasons}
    bench.advance(DEADLINE + timedelta(days=30))
    assert not is_held_again(bench, request_id="r-3", requested_at=bench.now.isoformat())


def test_what_follows_a_request_that_is_approved_and_ends_unread_leaves_nothing(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    first = bench.last
    assert is_held_again(bench)
    bench.send(signed_review(first, "approve", ReasonCode.REASON_NEEDS_REVIEW))
    bench.advance(DEADLINE)
    bench.send()
    assert not is_held_again(bench, request_id="r-3", requested_at=bench.now.isoformat())


def test_what_follows_another_and_is_denied_is_remembered_from_then(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    bench.advance(NOW + timedelta(days=13))
    assert is_held_again(bench, requested_at=bench.now.isoformat())
    bench.advance(NOW + timedelta(days=20))
    bench.send(signed_review(bench.last, "deny", at=bench.now))
    bench.advance(NOW + timedelta(days=49))
    assert is_held_again(bench, request_id="r-3", requested_at=bench.now.isoformat())


def test_what_was_approved_may_be_asked_again(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    bench.send(signed_review(bench.last, "approve", ReasonCode.REASON_NEEDS_REVIEW))
    assert bench.last.verdict is Verdict.FORWARD
    assert not is_held_again(bench)


def test_a_reviewer_clears_what_asks_again(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    assert is_held_again(bench)
    bench.send(signed_review(bench.last, "approve", FOLLOWS))
    assert kinds(bench)[-1] == ("resolution", "forward")


def test_a_request_that_only_lacked_something_leaves_no_mark(bench: Bench) -> None:
    bench.send(incomplete())
    assert not is_held_again(bench)
    assert bench.last.verdict is Verdict.FORWARD


def test_a_hold_that_was_opened_beforehand_is_no_way_around(bench: Bench) -> None:
    bench.send(incomplete(request_id="seed"))
    bench.send(signed(**SUSPICIOUS))
    bench.send(signed(request_id="seed"))
    assert kinds(bench)[-1] == ("resolution", "hold")
    assert bench.last.leading_reason is FOLLOWS


def test_all_of_a_window_has_its_plates_in_common(bench: Bench) -> None:
    bench.send(signed(selector=WINDOW))
    assert bench.last.leading_reason is ReasonCode.SELECTOR_TOO_BROAD
    inside = {"window_from": NOW - timedelta(days=3), "window_to": NOW - timedelta(days=1, hours=2)}
    assert is_held_again(bench, selector={"plate": "8ABC123", **inside})
    after = {"window_from": NOW - timedelta(days=1), "window_to": NOW}
    assert not is_held_again(bench, request_id="r-3", selector={"plate": "8ABC123", **after})


def test_marks_name_neither_plates_nor_people(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    rows = bench.written[bench.topics.marks.name, 0]
    assert len(rows) == 1
    assert not [word for word in (b"8ABC123", b"doe", b"pasadena") if word in (rows[0][1] or b"")]


def test_marks_that_are_past_are_forgotten(bench: Bench) -> None:
    bench.send(signed(**SUSPICIOUS))
    bench.send(signed_review(bench.last, "deny"))
    assert len(bench.marks) == 1
    bench.marks.forget(NOW + timedelta(days=30))
    assert len(bench.marks) == 0
    assert len(Marks()) == 0
