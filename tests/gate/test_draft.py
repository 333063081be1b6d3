"""Decisions, repeats, what a draft needs from outside, and that only an applied draft changes anything."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from streams.codecs.access import open_access
from streams.gate.arrival import Arrivals
from streams.gate.draft import Draft
from streams.policy.decide import decide
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import AgreementId, ReasonCode, RecordKind, Verdict
from tests.gate.bench import PASADENA, VAULT, Arrived, Bench, bytes_of, signed, snapshot
from tests.policy.building import NOW, an_agreement

OUT = "alpr.out.pasadena-pd"


def forged(request: SharingRequest) -> tuple[SharingRequest, ...]:
    """Return copies that no intake has sealed."""
    unsealed = replace(request, intake_seal=None)
    assert request.intake_seal is not None
    torn = replace(request, intake_seal=replace(request.intake_seal, mac=bytes(32)))
    unknown = replace(request, intake_seal=replace(request.intake_seal, key_id="nobody's"))
    return unsealed, torn, unknown, replace(unsealed, authenticated_as=None)


def revoke(bench: Bench) -> None:
    bench.revise(lambda books: books.put_agreement(an_agreement(version=4, status="revoked")))


def test_a_decision_is_that_of_the_policy(bench: Bench) -> None:
    bench.send(signed())
    expected = decide(signed(), bench.books, bench.policy, bench.now)
    assert (bench.last.kind, bench.last.verdict) == (RecordKind.DECISION, Verdict.FORWARD)
    assert (bench.last.decision_id, bench.last.agreement_id) == (
        expected.decision_id,
        AgreementId("mou-24-017"),
    )
    assert open_access(bench.last, VAULT) == expected.access


def test_a_draft_begins_the_chain_once(bench: Bench) -> None:
    bench.send()
    bench.send(signed())
    assert [record.kind for record in bench.ledger] == [RecordKind.GENESIS, RecordKind.DECISION]
    assert bench.ledger[0].partition_count == 1


def test_the_same_content_is_a_repeat_that_answers_again_and_forwards_nothing(bench: Bench) -> None:
    bench.send(signed(), signed())
    bench.send(signed(channel="portal"))
    first, *repeats = bench.ledger[1:]
    assert [record.kind for record in repeats] == [RecordKind.REPEAT] * 2
    assert {record.follows for record in repeats} == {first.decision_id}
    assert {record.payload_digest for record in repeats} == {None}
    assert len(bench.releases()) == 1
    assert [answer.verdict for answer in bench.answers] == [Verdict.FORWARD] * 3


def test_a_repeat_names_the_first_outcome_though_the_agreement_is_gone(bench: Bench) -> None:
    bench.send(signed())
    revoke(bench)
    bench.send(signed())
    assert (bench.last.kind, bench.last.verdict, bench.last.reasons) == (
        RecordKind.REPEAT,
        Verdict.FORWARD,
        (),
    )
    assert bench.last.agreement_id is None
    assert bench.answers[-1].verdict is Verdict.FORWARD


def test_a_repeat_of_a_block_has_its_reasons(bench: Bench) -> None:
    bench.send(signed(purpose_code="commercial"))
    bench.send(signed(purpose_code="commercial"))
    first, repeat = bench.ledger[1:]
    assert repeat.kind is RecordKind.REPEAT
    assert (repeat.reasons, repeat.leading_reason) == (first.reasons, ReasonCode.COMMERCIAL_PURPOSE)


def test_other_content_under_the_same_request_id_is_a_decision_of_its_own(bench: Bench) -> None:
    bench.send(signed(), signed(case_number="24-2"))
    assert [record.kind for record in bench.ledger[1:]] == [RecordKind.DECISION] * 2
    assert len(bench.releases()) == 2


def test_beyond_its_memory_a_partition_decides_afresh() -> None:
    bench = Bench(remembered=1)
    for request_id in ("r-1", "r-2", "r-1"):
        bench.send(signed(request_id=request_id))
    assert [record.kind for record in bench.ledger[1:]] == [RecordKind.DECISION] * 3


@pytest.mark.parametrize("copy", range(4))
def test_a_forged_copy_that_comes_first_is_refused_and_takes_nothing_from_the_honest_request(
    bench: Bench, copy: int
) -> None:
    bench.send(forged(signed())[copy])
    assert bench.last.leading_reason is ReasonCode.REQUESTER_NOT_AUTHENTICATED
    bench.send(signed())
    assert (bench.last.kind, bench.last.verdict) == (RecordKind.DECISION, Verdict.FORWARD)


@pytest.mark.parametrize("copy", range(4))
def test_a_forged_copy_of_a_forward_is_refused(bench: Bench, copy: int) -> None:
    bench.send(signed())
    bench.send(forged(signed())[copy])
    assert (bench.last.kind, bench.last.verdict) == (RecordKind.DECISION, Verdict.BLOCK)
    assert len(bench.releases()) == 1


def test_a_draft_that_is_not_applied_changes_nothing(bench: Bench) -> None:
    bench.send(signed(reason_text=""), signed(request_id="r-2"))
    before = snapshot(bench.state)
    for _ in range(5):
        bench.draft(signed(), signed(request_id="r-3", reason_text=""), signed(request_id="r-2"), b"?")
    assert snapshot(bench.state) == before


def test_the_same_records_under_the_same_context_make_the_same_draft(bench: Bench) -> None:
    sent = (signed(), signed(request_id="r-2", reason_text=""), b"?", None)
    assert bench.draft(*sent).outbox == bench.draft(*sent).outbox


def test_the_newest_minimum_revision_is_wanted_and_until_then_the_request_is_held(bench: Bench) -> None:
    draft = bench.send(
        signed(min_revision=43), signed(request_id="r-2", min_revision=50), signed(request_id="r-3")
    )
    assert draft.wanted == {PASADENA: 50}
    assert [record.leading_reason for record in bench.ledger[1:]] == [ReasonCode.REVISION_NOT_REACHED] * 2 + [
        None
    ]
    assert [len(record.reasons) for record in bench.ledger[1:]] == [1, 1, 0]


@pytest.mark.parametrize("wanted", [None, 1, 41])
def test_a_minimum_revision_that_is_there_needs_no_waiting(bench: Bench, wanted: int | None) -> None:
    assert bench.send(signed(min_revision=wanted)).wanted == {}
    assert bench.last.verdict is Verdict.FORWARD


def test_nobody_waits_for_a_revision_that_an_unknown_sender_asks_for(bench: Bench) -> None:
    assert bench.send(signed(min_revision=43).unauthenticated()).wanted == {}


def test_a_draft_names_the_topics_of_the_recipients_that_it_forwards_to(bench: Bench) -> None:
    assert bench.draft(signed(purpose_code="commercial")).out_topics == set()
    assert bench.draft(signed()).out_topics == {OUT}


def test_a_request_whose_recipient_has_no_topic_is_held(bench: Bench) -> None:
    bench.missing = frozenset({OUT})
    draft = bench.send(signed())
    assert (draft.out_topics, bench.releases()) == ({OUT}, [])
    assert bench.last.leading_reason is ReasonCode.RECIPIENT_UNAVAILABLE
    assert len(bench.state.holds) == 1


def go_on(bench: Bench, sent: SharingRequest) -> None:
    """Send again what is held for the gate's own reasons, when they have passed."""
    bench.missing = frozenset()
    bench.revise(lambda _: None)
    bench.send(sent)


@pytest.mark.parametrize("min_revision", [None, 42])
def test_what_the_gate_alone_held_goes_on_when_it_comes_again(bench: Bench, min_revision: int | None) -> None:
    bench.missing = frozenset() if min_revision else frozenset({OUT})
    bench.send(signed(min_revision=min_revision))
    held = bench.last
    bench.send(signed(min_revision=min_revision))
    assert (held.verdict, bench.last.kind, bench.last.verdict) == (
        Verdict.HOLD,
        RecordKind.REPEAT,
        Verdict.HOLD,
    )
    go_on(bench, signed(min_revision=min_revision))
    assert (bench.last.kind, bench.last.verdict) == (RecordKind.RESOLUTION, Verdict.FORWARD)
    assert (bench.last.follows, bench.last.decision_id) == (held.decision_id, held.decision_id)
    assert (len(bench.state.holds), len(bench.releases(PASADENA))) == (0, 1)
    bench.send(signed(min_revision=min_revision))
    assert (bench.last.kind, bench.last.verdict) == (RecordKind.REPEAT, Verdict.FORWARD)


def test_what_the_gate_alone_held_may_be_blocked_when_it_comes_again(bench: Bench) -> None:
    bench.missing = frozenset({OUT})
    bench.send(signed())
    revoke(bench)
    bench.send(signed())
    assert (bench.last.kind, bench.last.leading_reason) == (
        RecordKind.RESOLUTION,
        ReasonCode.AGREEMENT_REVOKED,
    )


def test_what_is_held_for_another_reason_too_is_repeated(bench: Bench) -> None:
    bench.send(signed(min_revision=42, reason_text=""))
    go_on(bench, signed(min_revision=42, reason_text=""))
    assert (bench.last.kind, bench.last.verdict) == (RecordKind.REPEAT, Verdict.HOLD)


@pytest.mark.parametrize(
    ("held_for", "code"),
    [
        ({"requested_at": NOW + timedelta(days=1)}, ReasonCode.CLOCK_SKEW),
        ({"selector": {"window_to": NOW + timedelta(days=1)}}, ReasonCode.SELECTOR_TOO_BROAD),
    ],
)
def test_what_time_alone_would_clear_is_repeated(
    bench: Bench, held_for: dict[str, Any], code: ReasonCode
) -> None:
    bench.send(signed(**held_for))
    bench.advance(NOW + timedelta(days=2))
    bench.send(signed(**held_for))
    assert (bench.last.kind, bench.last.leading_reason) == (RecordKind.REPEAT, code)


def test_the_revision_is_acknowledged_once(bench: Bench) -> None:
    bench.send()
    bench.send(signed())
    bench.revise(lambda _: None)
    bench.send()
    assert [ack.revision for ack in bench.acks] == [41, 42]
    assert bench.state.bound_revision == 42
    assert bench.note.endswith(":42")


def test_a_draft_without_anything_to_do_writes_nothing(bench: Bench) -> None:
    bench.send()
    assert not bench.draft().outbox


def test_a_revoked_agreement_forwards_nothing_from_its_revision_on(bench: Bench) -> None:
    bench.send(signed())
    revoke(bench)
    bench.send(signed(request_id="r-2"))
    assert (bench.last.leading_reason, bench.last.books_revision) == (ReasonCode.AGREEMENT_REVOKED, 42)


def test_an_intake_key_that_left_the_ring_vouches_for_nobody(bench: Bench) -> None:
    gone = replace(bench.context(), keys=replace(bench.context().keys, intake={}))
    draft = Draft(bench.state, gone, Arrivals(gone.keys, 1))
    draft.take(Arrived(offset=0, value=bytes_of(signed())))
    bench.commit(draft)
    assert bench.last.leading_reason is ReasonCode.REQUESTER_NOT_AUTHENTICATED
