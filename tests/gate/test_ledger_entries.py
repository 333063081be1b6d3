import pytest

from streams.chains.state import Head
from streams.codecs.access import open_access
from streams.gate.case import Case
from streams.gate.context import Context
from streams.gate.ledger_entries import Place, of_decision, of_genesis, of_malformed, of_rerouted
from streams.ledger.record import NO_HASH, LedgerRecord
from streams.policy.decide import decide
from streams.policy.digest import malformed_id
from streams.policy.reasons import refuse
from streams.policy.vocabulary import ReasonCode, RecordKind, RequestId, Verdict
from tests.gate.bench import VAULT, Bench
from tests.gate.test_open_holds import a_hold
from tests.policy.building import a_request

PLACE = Place(partition=3, head=Head(seq=6, hash=b"h" * 32, revision=40), offset=17)
REASON = refuse(ReasonCode.MALFORMED_EVENT, "", "it ends too early")
REQUESTS = "alpr.sharing.requests"


@pytest.fixture
def context(bench: Bench) -> Context:
    return bench.context()


def bare(context: Context) -> tuple[LedgerRecord, ...]:
    """Return one record of each kind that holds no decision."""
    return (
        of_genesis(PLACE, context),
        of_malformed(REASON, PLACE, context),
        of_rerouted(RequestId("r-9"), PLACE, context),
    )


def test_every_record_is_the_next_link_at_its_place(context: Context) -> None:
    decision = decide(a_request(), context.books, context.policy, context.now)
    case = Case(RecordKind.DECISION, a_request(), decision, 17)
    for record in (*bare(context), of_decision(case, "d1", PLACE, context)):
        assert (record.seq, record.prev_hash, record.hash) == (7, b"h" * 32, NO_HASH)
        assert (record.source_topic, record.source_offset) == (REQUESTS, 17)
        assert (record.partition, record.source_partition) == (3, 3)


def test_a_record_of_a_decision_holds_all_of_it(context: Context) -> None:
    decision = decide(a_request(), context.books, context.policy, context.now)
    record = of_decision(Case(RecordKind.DECISION, a_request(), decision, 17), "d1", PLACE, context)
    for field in {*decision.__dataclass_fields__} - {"access"}:
        assert getattr(record, field) == getattr(decision, field), field
    assert record.access is None
    assert open_access(record, VAULT) == decision.access
    assert (record.kind, record.follows, record.payload_digest) == (RecordKind.DECISION, None, "d1")
    assert record.partition_count is None


def test_a_record_without_a_decision_names_the_books_the_policy_and_its_place(context: Context) -> None:
    for record in bare(context):
        assert (record.books_revision, record.policy_hash) == (41, context.policy.policy_hash)
        assert (record.decided_at, record.decision_id) == (context.now, malformed_id(REQUESTS, 3, 17))
        assert (record.sealed_access, record.payload_digest, record.agreement_id) == (None, None, None)


def test_what_each_kind_says(context: Context) -> None:
    genesis, malformed, rerouted = bare(context)
    assert (genesis.kind, genesis.verdict, genesis.partition_count) == (
        RecordKind.GENESIS,
        Verdict.UNKNOWN,
        1,
    )
    assert (malformed.verdict, malformed.reasons) == (Verdict.BLOCK, (REASON,))
    assert malformed.leading_reason is ReasonCode.MALFORMED_EVENT
    assert (rerouted.verdict, rerouted.request_id, rerouted.reasons) == (Verdict.UNKNOWN, "r-9", ())
    assert (malformed.partition_count, rerouted.partition_count) == (None, None)


def test_a_genesis_stands_before_all_input(context: Context) -> None:
    record = of_genesis(Place(partition=0, head=Head(), offset=None), context)
    assert (record.seq, record.source_offset) == (0, None)
    assert record.decision_id == malformed_id(REQUESTS, 0, -1)


def test_a_case_follows_what_it_repeats_or_resolves(context: Context) -> None:
    decision = decide(a_request(), context.books, context.policy, context.now)
    held = a_hold("held")
    cases = (
        Case(RecordKind.DECISION, a_request(), decision, 17),
        Case(RecordKind.REPEAT, a_request(), decision, 17),
        Case(RecordKind.RESOLUTION, a_request(), decision, None, held),
    )
    assert [case.follows for case in cases] == [None, decision.decision_id, "held"]
