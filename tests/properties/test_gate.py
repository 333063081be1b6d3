"""The gate of a partition under any sequence of requests, pauses, changes of the books and takeovers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.codecs.ledger_record import read_link
from streams.ledger.verify import verify
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import RecordKind, Verdict
from tests.gate.bench import Bench, Input, seal, signed, snapshot
from tests.gate.town import forward_of, outputs
from tests.policy.building import NOW, an_agreement, an_entity

OUT = "alpr.out.pasadena-pd"
UNIT = an_entity(entity_id="unit", name="Unit", parent="pasadena-pd", inherits_parent_agreement=True)

CHANGES = st.fixed_dictionaries(
    {"request_id": st.sampled_from(("r-1", "r-2"))},
    optional={
        "reason_text": st.just(""),
        "case_number": st.sampled_from((None, "24-2")),
        "purpose_code": st.sampled_from((None, "commercial")),
        "requested_by": st.sampled_from(
            ({"organisation": ""}, {"user": ""}, {"on_behalf_of": "Burbank CA PD"})
        ),
        "selector": st.sampled_from(({"plate": None}, {"plate": "9XYZ987"})),
        "authenticated_as": st.just("unit"),
        "min_revision": st.sampled_from((41, 43)),
        "offence_code": st.just("211PC"),
    },
)
HONEST = CHANGES.map(lambda changes: signed(**changes))
FORGED = HONEST.map(lambda request: replace(request, intake_seal=None))
SENT = st.one_of(HONEST, HONEST, HONEST, FORGED, st.sampled_from((b"?", None)))


@dataclass(frozen=True, slots=True)
class Step:
    """What happens before a batch, and the batch."""

    days: int
    revised: bool
    agreed: bool
    reachable: bool
    taken_over: bool
    sent: Sequence[Input]


STEPS = st.lists(
    st.builds(
        Step,
        days=st.sampled_from((0, 0, 0, 1, 8, 14)),
        revised=st.sampled_from((False, False, True)),
        agreed=st.sampled_from((True, True, False)),
        reachable=st.sampled_from((True, True, False)),
        taken_over=st.booleans(),
        sent=st.lists(SENT, max_size=6),
    ),
    min_size=1,
    max_size=6,
)


def a_bench(remembered: int = 1000) -> Bench:
    bench = Bench(remembered=remembered)
    bench.books.put_entity(UNIT)
    return bench


def prepare(bench: Bench, step: Step) -> None:
    """Let pass what passes before the batch of a step."""
    bench.advance(bench.now + timedelta(days=step.days))
    if step.revised:
        agreement = an_agreement(
            version=4 + bench.books.revision, status="active" if step.agreed else "suspended"
        )
        bench.revise(lambda books: books.put_agreement(agreement))
    bench.missing = frozenset() if step.reachable else frozenset({OUT})


def asked_now(bench: Bench, sent: Input) -> Input:
    """Return a sealed request as asked at this moment; other inputs as they are."""
    if not isinstance(sent, SharingRequest) or sent.intake_seal is None:
        return sent
    return seal(replace(sent, requested_at=NOW + timedelta(days=(bench.now - NOW).days // 7 * 7)))


def play(bench: Bench, step: Step) -> None:
    prepare(bench, step)
    bench.send(*(asked_now(bench, one) for one in step.sent))


@settings(max_examples=200)
@given(STEPS, st.sampled_from((2, 5, 1000)))
def test_the_state_is_what_a_new_owner_rebuilds_from_what_was_written(
    steps: list[Step], remembered: int
) -> None:
    bench = a_bench(remembered)
    for step in steps:
        play(bench, step)
        assert snapshot(bench.rebuilt()) == snapshot(bench.state)


@settings(max_examples=150)
@given(STEPS)
def test_takeovers_change_nothing_of_what_is_written(steps: list[Step]) -> None:
    kept, passed_on = a_bench(), a_bench()
    for step in steps:
        if step.taken_over:
            passed_on.state = passed_on.rebuilt()
        play(kept, step)
        play(passed_on, step)
    assert outputs(kept) == outputs(passed_on)


@settings(max_examples=150)
@given(STEPS)
def test_what_is_written_can_be_checked_and_forwards_only_what_is_recorded(steps: list[Step]) -> None:
    bench = a_bench()
    for step in steps:
        play(bench, step)
    values = [value for _, value in bench.rows(bench.topics.decisions.name)]
    report = verify(values, read_link, witnesses={bench.state.head.seq: bench.state.head.hash})
    assert report.problem is None
    assert report.open_holds == {hold.decision.decision_id for hold in bench.state.holds}
    went = [
        forward_of(topic, value)
        for (topic, _), rows in bench.written.items()
        if "out." in topic
        for _, value in rows
    ]
    said = [(r.decision_id, r.payload_digest) for r in bench.ledger if r.payload_digest is not None]
    assert sorted((forward.decision_id, forward.digest) for forward in went) == sorted(said)


@settings(max_examples=150)
@given(STEPS)
def test_promise_2_offsets_are_recorded_once_and_repeats_forward_nothing(steps: list[Step]) -> None:
    bench = a_bench()
    for step in steps:
        play(bench, step)
    offsets = [record.source_offset for record in bench.ledger if record.source_offset is not None]
    assert offsets == list(range(sum(len(step.sent) for step in steps)))
    decided: set[str] = set()
    for record in bench.ledger:
        if record.kind is RecordKind.REPEAT:
            assert record.follows in decided
            assert record.payload_digest is None
        decided.add(record.decision_id)


@settings(max_examples=150)
@given(st.lists(SENT, max_size=12), st.data())
def test_where_a_batch_ends_does_not_matter(sent: list[Input], data: st.DataObject) -> None:
    whole, parts = a_bench(), a_bench()
    whole.send(*sent)
    rest = list(sent)
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        parts.send(*rest[:size])
        rest = rest[size:]
    parts.send()
    assert outputs(parts) == outputs(whole)
    assert snapshot(parts.state) == snapshot(whole.state)


@given(STEPS)
def test_a_draft_that_is_not_applied_changes_nothing(steps: list[Step]) -> None:
    bench = a_bench()
    play(bench, steps[0])
    before = snapshot(bench.state)
    for step in steps:
        prepare(bench, step)
        bench.draft(*step.sent)
    assert snapshot(bench.state) == before


@given(HONEST, st.lists(FORGED, max_size=4))
def test_no_forged_copy_that_comes_first_changes_the_answer_to_the_honest_request(
    request: SharingRequest, others: list[Input]
) -> None:
    alone, pestered = a_bench(), a_bench()
    forged = replace(request, intake_seal=None)
    alone.send(request)
    pestered.send(forged, replace(forged, authenticated_as=None), *others, request)
    assert pestered.answers[-1] == alone.answers[-1]
    assert {answer.verdict for answer in pestered.answers[:-1]} == {Verdict.BLOCK}
