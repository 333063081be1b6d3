"""Reviews: what a reviewer's act makes of a hold, and what changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from streams.codecs.ledger_record import encode_ledger_record, read_link
from streams.codecs.review_note import open_review
from streams.gate.context import Keys
from streams.ledger.record import LedgerRecord
from streams.ledger.review_note import ReviewNote
from streams.ledger.verify import verify
from streams.policy.alert import Severity
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from tests.gate.bench import (
    PASADENA,
    STRANGER,
    VAULT,
    Bench,
    bytes_of,
    incomplete,
    kinds,
    signed,
    signed_review,
    snapshot,
)
from tests.policy.building import NOW, a_policy, in_force

SUSPICIOUS = {"reason_text": "ice detainer for a homicide suspect"}
DEADLINE = NOW + timedelta(days=14)
NEEDS_REVIEW = ReasonCode.REASON_NEEDS_REVIEW


def held(bench: Bench, **changes: Any) -> LedgerRecord:
    """Return the record of a request that is held for its text."""
    bench.send(signed(**{**SUSPICIOUS, **changes}))
    assert bench.last.verdict is Verdict.HOLD
    return bench.last


def is_sound(bench: Bench) -> bool:
    """Tell whether the chain verifies, and a new owner reads from it what this one knows."""
    values = [value for _, value in bench.rows(bench.topics.decisions.name)]
    return verify(values, read_link).problem is None and snapshot(bench.rebuilt()) == snapshot(bench.state)


def test_an_approval_clears_what_it_names_and_the_request_is_forwarded(bench: Bench) -> None:
    hold = held(bench)
    note = signed_review(hold, "approve", NEEDS_REVIEW)
    bench.send(note)
    assert kinds(bench) == [("decision", "hold"), ("resolution", "forward")]
    assert (bench.last.follows, bench.last.decision_id) == (hold.decision_id, hold.decision_id)
    assert [reason.code for reason in bench.last.cleared] == [NEEDS_REVIEW]
    assert open_review(bench.last, VAULT) == note
    assert len(bench.releases()) == 1
    assert len(bench.state.holds) == 0
    assert (bench.answers[-1].verdict, bench.answers[-1].follows) == (Verdict.FORWARD, hold.decision_id)
    assert is_sound(bench)


def test_nothing_in_the_clear_names_the_reviewer_or_says_what_they_wrote(bench: Bench) -> None:
    hold = held(bench)
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW, reason="asked Jane Roe"))
    bench.send(signed_review(hold, "deny", reason="asked Jane Roe"))
    plain = b"".join(encode_ledger_record(record) for record in bench.ledger)
    told = f"{bench.answers}{bench.alerts}"
    assert not [word for word in ("castro", "Jane Roe") if word.encode() in plain or word in told]


def test_an_approval_in_the_same_batch_does_the_same(bench: Bench) -> None:
    hold = held(Bench())
    bench.send(signed(**SUSPICIOUS), signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench) == [("decision", "hold"), ("resolution", "forward")]
    assert is_sound(bench)


def test_a_request_that_was_approved_and_comes_again_is_a_repeat(bench: Bench) -> None:
    bench.send(signed_review(held(bench), "approve", NEEDS_REVIEW))
    bench.send(signed(**SUSPICIOUS))
    assert kinds(bench)[-1] == ("repeat", "forward")
    assert len(bench.releases()) == 1


def test_an_approval_is_decided_under_the_books_of_now(bench: Bench) -> None:
    hold = held(bench)
    bench.revise(lambda books: books.drop("agreement/mou-24-017"))
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("resolution", "block")
    assert bench.last.leading_reason is ReasonCode.NO_AGREEMENT
    assert bench.releases() == []


def test_an_approval_clears_no_finding_but_the_one_that_was_read(bench: Bench) -> None:
    hold = held(bench)
    words = {"screening": {"protest": ["demonstration", "suspect"]}}
    bench.revise(lambda books: books.put_policy(a_policy(**words)))
    bench.policy = in_force(bench.books)
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("resolution", "hold")
    assert bench.last.reasons[0].message == "the text holds words of: immigration, protest"


def test_what_an_approval_does_not_name_still_holds_until_the_first_deadline(bench: Bench) -> None:
    hold = held(bench, selector={"plate": "8A*"})
    bench.advance(NOW + timedelta(days=1))
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("resolution", "hold")
    assert bench.last.leading_reason is ReasonCode.SELECTOR_TOO_BROAD
    assert [one.deadline for one in bench.state.holds] == [DEADLINE]
    bench.send(signed_review(hold, "approve", ReasonCode.SELECTOR_TOO_BROAD, at=bench.now))
    assert kinds(bench)[-1] == ("resolution", "forward")
    assert [reason.code for reason in bench.last.cleared] == [NEEDS_REVIEW, ReasonCode.SELECTOR_TOO_BROAD]
    assert is_sound(bench)


def test_what_is_filled_in_after_an_approval_comes_back_before_a_reviewer(bench: Bench) -> None:
    hold = held(bench, case_number=None)
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
    assert bench.last.leading_reason is ReasonCode.CASE_NUMBER_MISSING
    bench.send(signed(**SUSPICIOUS))
    assert kinds(bench)[-1] == ("resolution", "hold")
    assert [reason.code for reason in bench.last.reasons] == [NEEDS_REVIEW]
    bench.send(signed_review(bench.last, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("resolution", "forward")
    assert is_sound(bench)


def test_an_approved_request_that_waits_for_the_gate_is_released_when_it_comes_again(bench: Bench) -> None:
    hold = held(bench)
    bench.missing = frozenset({bench.topics.out(PASADENA).name})
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
    assert bench.last.leading_reason is ReasonCode.RECIPIENT_UNAVAILABLE
    bench.missing = frozenset()
    bench.send(signed(**SUSPICIOUS))
    assert kinds(bench)[-1] == ("resolution", "forward")
    assert is_sound(bench)


def test_a_request_that_follows_a_held_one_can_be_approved(bench: Bench) -> None:
    bench.send(incomplete())
    bench.send(signed(case_number="24-2"))
    bench.send(signed_review(bench.last, "approve", ReasonCode.FOLLOWS_HELD_REQUEST))
    assert kinds(bench)[-1] == ("resolution", "forward")


def test_a_denial_blocks_at_once_and_for_good(bench: Bench) -> None:
    hold = held(bench)
    bench.send(signed_review(hold, "deny"))
    assert kinds(bench)[-1] == ("resolution", "block")
    assert bench.last.leading_reason is ReasonCode.REVIEW_DENIED
    assert bench.answers[-1].verdict is Verdict.BLOCK
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW), signed(**SUSPICIOUS))
    assert kinds(bench)[-2:] == [("review", "block"), ("repeat", "block")]
    assert bench.releases() == []
    assert is_sound(bench)


def test_what_is_returned_stays_held_and_the_requester_is_told_what_to_supply(bench: Bench) -> None:
    hold = held(bench)
    bench.send(signed_review(hold, "return", reason="say which court issued the detainer"))
    assert kinds(bench)[-1] == ("review", "hold")
    assert bench.last.follows == hold.decision_id
    answer = bench.answers[-1]
    assert (answer.verdict, answer.deadline, answer.kind) == (Verdict.HOLD, DEADLINE, RecordKind.REVIEW)
    assert "say which court issued the detainer" in answer.explanation
    assert len(bench.state.holds) == 1
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("resolution", "forward")
    assert is_sound(bench)


def _forged(hold: LedgerRecord) -> ReviewNote:
    return signed_review(hold, "approve", NEEDS_REVIEW, by=STRANGER)


def _altered(hold: LedgerRecord) -> ReviewNote:
    note = signed_review(hold, "deny")
    return ReviewNote(
        request_id=note.request_id, note=note.note.replace("deny\n-", f"approve\n{NEEDS_REVIEW}")
    )


def _of_another_request(hold: LedgerRecord) -> ReviewNote:
    return ReviewNote(request_id="r-9", note=signed_review(hold, "approve", NEEDS_REVIEW).note)


@pytest.mark.parametrize("forge", [_forged, _altered, _of_another_request])
def test_a_review_that_no_reviewer_signed_for_this_hold_changes_nothing_and_alerts(
    bench: Bench, forge: Any
) -> None:
    hold = held(bench)
    told = len(bench.alerts)
    bench.send(forge(hold))
    assert kinds(bench)[-1] == ("review", "block")
    assert bench.last.leading_reason is ReasonCode.REVIEW_REFUSED
    assert (len(bench.state.holds), len(bench.answers), bench.releases()) == (1, 1, [])
    assert [(one.kind, one.severity) for one in bench.alerts[told:]] == [
        (ReasonCode.REVIEW_REFUSED, Severity.HIGH)
    ]
    assert open_review(bench.last, VAULT) == forge(hold)
    assert is_sound(bench)


def test_a_decision_id_that_nobody_knows_is_not_told_in_the_clear(bench: Bench) -> None:
    hold = held(bench)
    bench.send(signed_review(hold, "deny", decision_id="8ABC123"))
    assert (bench.last.kind, bench.last.follows) == (RecordKind.REVIEW, None)
    assert b"8ABC123" not in encode_ledger_record(bench.last)


def test_without_reviewers_nobody_can_approve(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = held(bench)
    keys = bench.context().keys
    nobody = Keys(intake=keys.intake, pseudonym=keys.pseudonym, vault=keys.vault, origin=keys.origin)
    monkeypatch.setattr(bench.arrivals, "_keys", nobody)
    bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("review", "block")


def test_an_old_approval_does_not_fit_the_same_request_held_again(bench: Bench) -> None:
    hold = held(bench)
    note = signed_review(hold, "approve", NEEDS_REVIEW)
    again = Bench()
    again.advance(NOW + timedelta(seconds=1))
    held(again)
    again.send(note)
    assert kinds(again)[-1] == ("review", "block")
    assert "before the request was held" in again.last.reasons[0].message


def test_an_approval_of_what_a_supplement_has_changed_since_is_refused(bench: Bench) -> None:
    hold = held(bench, case_number=None)
    bench.advance(NOW + timedelta(seconds=1))
    bench.send(signed(**SUSPICIOUS), signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-2:] == [("resolution", "hold"), ("review", "block")]
    assert len(bench.state.holds) == 1


def test_an_approval_does_not_fit_other_content_that_is_held_under_the_same_id() -> None:
    bench = Bench(remembered=1)
    first = {"selector": {"plate": "8A*"}, "case_number": None}
    hold = held(bench, **first)
    note = signed_review(hold, "approve", NEEDS_REVIEW, ReasonCode.SELECTOR_TOO_BROAD)
    bench.advance(NOW + timedelta(seconds=1))
    # The whole is held under the supplement's id; what came first is forgotten, comes again, adds nothing.
    bench.send(signed(**SUSPICIOUS, selector={"plate": "8A*"}, case_number="24-9"))
    bench.send(signed(request_id="r-9"))
    bench.send(signed(**{**SUSPICIOUS, **first}))
    (now,) = (one for one in bench.state.holds if one.decision.decision_id == hold.decision_id)
    assert now.request.case_number == "24-9"
    bench.send(note)
    assert kinds(bench)[-1] == ("review", "block")
    assert "before the request was held as it is now" in bench.last.reasons[0].message
    assert bench.releases(PASADENA)[1:] == []
    bench.send(signed_review(bench.ledger[-2], "approve", NEEDS_REVIEW, ReasonCode.SELECTOR_TOO_BROAD))
    assert kinds(bench)[-1] == ("resolution", "forward")


def test_a_review_on_the_wrong_partition_is_moved_undecided() -> None:
    hold = held(Bench())
    for partition in range(2):
        bench = Bench(partition=partition, partitions=2)
        bench.send(signed(**SUSPICIOUS))
        bench.send(signed_review(hold, "approve", NEEDS_REVIEW))
        expected = {"rerouted"} if bench.last.kind is RecordKind.REROUTED else {"decision", "resolution"}
        assert {kind for kind, _ in kinds(bench)} == expected


def test_bytes_that_only_begin_like_a_review_are_malformed(bench: Bench) -> None:
    whole = bytes_of(signed_review(held(bench), "deny"))
    assert whole is not None
    bench.send(whole[:20])
    assert kinds(bench)[-1] == ("malformed", "block")
    assert len(bench.dead_letters) == 1


def test_a_release_that_cannot_be_written_leaves_the_approved_request_held(bench: Bench) -> None:
    hold = held(bench)
    bench.refuse(signed_review(hold, "approve", NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("resolution", "hold")
    assert bench.last.leading_reason is ReasonCode.RECIPIENT_UNAVAILABLE
    assert is_sound(bench)


def test_an_exigent_request_that_is_held_pages_and_waits_for_minutes_alone(bench: Bench) -> None:
    held(bench, exigent=True)
    page = bench.alerts[-1]
    until = NOW + timedelta(hours=1)
    assert (page.kind, page.severity) == (ReasonCode.EXIGENT_WAITS, Severity.CRITICAL)
    assert until.isoformat() in page.summary
    assert bench.answers[-1].deadline == until
    bench.advance(until)
    bench.send()
    assert kinds(bench)[-1] == ("resolution", "block")
    assert bench.last.leading_reason is ReasonCode.HOLD_EXPIRED


def test_an_exigent_request_that_is_blocked_or_forwarded_pages_nobody(bench: Bench) -> None:
    bench.send(signed(exigent=True), signed(request_id="r-2", exigent=True, recipient_name="FBI"))
    assert {verdict for _, verdict in kinds(bench)} == {"forward", "block"}
    assert ReasonCode.EXIGENT_WAITS not in {alert.kind for alert in bench.alerts}


def test_what_was_approved_in_haste_is_to_be_reviewed_after_the_fact(bench: Bench) -> None:
    bench.send(signed_review(held(bench, exigent=True), "approve", NEEDS_REVIEW))
    assert (bench.last.verdict, bench.last.review_due) == (Verdict.FORWARD, NOW + timedelta(days=3))
    bench.send(signed(request_id="r-2", exigent=True))
    assert (bench.last.verdict, bench.last.review_due) == (Verdict.FORWARD, None)
