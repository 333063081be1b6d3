import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from streams.codecs.sealed_hold import open_hold_of
from streams.errors import CodecError
from streams.gate.case import Case
from streams.gate.changes import Changes
from streams.gate.journal import Journal
from streams.kafka.partitioner import partition_of
from streams.policy.decide import decide
from streams.policy.digest import derived_id
from streams.policy.holds import open_hold
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import RecordKind
from tests.gate.bench import PASADENA, VAULT, Bench, bytes_of, signed
from tests.policy.building import NOW, a_request

OUT = "alpr.out.pasadena-pd"


def topics_of(bench: Bench) -> list[str]:
    """Return the topics that were written, in order, without what every first draft writes."""
    return [topic for topic, _ in bench.written if topic != bench.topics.books_acks.name]


def test_a_forward_is_a_record_a_release_and_an_answer(bench: Bench) -> None:
    bench.send(signed())
    assert topics_of(bench) == ["alpr.sharing.decisions", OUT, "alpr.sharing.answers"]


def test_a_record_names_the_digest_of_the_very_bytes_that_left(bench: Bench) -> None:
    bench.send(signed())
    ((key, payload),) = bench.written[OUT, 0]
    assert key == b"r-1"
    assert bench.last.payload_digest == hashlib.sha256(payload or b"").hexdigest()
    assert bench.releases(PASADENA)[0].decision_id == bench.last.decision_id


def test_a_hold_is_kept_with_its_request_under_its_decision(bench: Bench) -> None:
    bench.send(signed(reason_text=""))
    ((key, value),) = bench.rows("alpr.sharing.holds")
    assert key == bench.last.decision_id.encode()
    assert open_hold_of(value, VAULT) == next(iter(bench.state.holds))
    assert open_hold_of(value, VAULT).request == signed(reason_text="")


def test_a_block_is_a_record_an_answer_and_its_alerts(bench: Bench) -> None:
    bench.send(signed(purpose_code="commercial"))
    assert topics_of(bench) == ["alpr.sharing.decisions", "alpr.sharing.answers", "alpr.alerts"]
    alert = bench.alerts[0]
    assert alert.decision_ids == (bench.last.decision_id,)
    assert alert.alert_id == derived_id(f"alert\n{bench.last.decision_id}\nCOMMERCIAL_PURPOSE")


def test_answers_go_to_the_organisation_that_asked(bench: Bench) -> None:
    bench.send(signed())
    assert [key for key, _ in bench.rows("alpr.sharing.answers")] == [b"Pasadena CA PD"]


def test_an_answer_is_for_whom_an_intake_vouched_whatever_name_was_given(
    bench: Bench,
) -> None:
    bench.send(signed(requested_by={"organisation": "Burbank CA PD"}))
    assert bench.answers[-1].organisation == "Burbank CA PD"
    assert bench.answers[-1].authenticated_as == PASADENA


def test_an_answer_without_a_seal_that_holds_is_for_nobody(bench: Bench) -> None:
    claimed = a_request()
    assert claimed.authenticated_as == PASADENA
    bench.send(claimed, replace(signed(), case_number="changed on the way"))
    assert [answer.authenticated_as for answer in bench.answers] == [None, None]


def test_what_ends_a_hold_answers_the_same_entity(bench: Bench) -> None:
    bench.send(signed(reason_text=""), signed())
    bench.send(signed(request_id="r-2", reason_text=""))
    bench.advance(NOW + timedelta(days=15))
    bench.send()
    assert [answer.kind for answer in bench.answers] == ["decision", "resolution", "decision", "resolution"]
    assert {answer.authenticated_as for answer in bench.answers} == {PASADENA}


def test_everything_but_a_release_goes_to_the_writers_own_partition() -> None:
    bench = Bench(1, 2)
    home = next(f"r-{number}" for number in range(99) if partition_of(f"r-{number}", 2) == 1)
    for changes in ({}, {"reason_text": ""}, {"purpose_code": "commercial"}):
        bench.send(signed(request_id=home, **changes), b"?")
    elsewhere = {topic for topic, partition in bench.written if partition != 1}
    assert elsewhere == {OUT, "alpr.books.acks"}
    assert len(bench.written) == 7


def test_an_acknowledgement_names_the_worker_and_its_partition(bench: Bench) -> None:
    bench.send()
    ((key, _),) = bench.written["alpr.books.acks", 0]
    assert key == b"worker-1/0"
    assert (bench.acks[0].worker, bench.acks[0].partition, bench.acks[0].revision) == ("worker-1", 0, 41)


def test_what_cannot_be_encoded_writes_nothing(bench: Bench) -> None:
    bench.send()
    changes = Changes(bench.state)
    journal = Journal(0, bench.context(), changes)
    case = a_case(bench, signed(reason_text="x " * (1 << 20), case_number=None))
    with pytest.raises(CodecError):
        journal.settle(case, open_hold(case.request, case.decision, bench.policy, bench.now))
    assert (journal.outbox, changes.head, journal.tally.kinds) == ({}, bench.state.head, {})


def a_case(bench: Bench, request: SharingRequest) -> Case:
    decision = decide(request, bench.books, bench.policy, bench.now)
    return Case(RecordKind.DECISION, request, decision, 0)


def test_a_dead_letter_is_named_by_its_ledger_record(bench: Bench) -> None:
    bench.send(b"?")
    ((key, _),) = bench.rows("alpr.dead-letters")
    assert key == bench.last.decision_id.encode()
    assert bench.dead_letters[0].value == bytes_of(b"?")
