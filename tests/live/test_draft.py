"""What becomes of a batch of reads: deliveries, lists, manifests, and every offset on record."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.codecs.accountable import open_accountable
from streams.codecs.read_list import open_read_list
from streams.ledger.live_record import LiveKind, WithheldCount
from streams.policy.vocabulary import AgreementStatus, Purpose, ReasonCode
from tests.live.bench import TOPICS, VAULT, Arrived, LiveBench, renamed, some_reads, with_budget
from tests.policy.building import NOW, an_agreement
from tests.policy.live.sharing import an_event, live_agreement, live_books

ANOTHER: dict[str, Any] = {
    "agreement_id": "burbank",
    "entity_id": "burbank-pd",
    **live_agreement(live_terms={"receiving_system": "Burbank server", "accountable_user": "B. Chief"}),
}


def test_each_recipient_gets_the_reads_and_a_manifest_says_so() -> None:
    bench = LiveBench(live_books({"agreements": [ANOTHER]}))
    reads = some_reads(3)
    draft = bench.send(*reads)
    assert [one.read.read_id for one in bench.got("pasadena-pd")] == ["north:0", "north:1", "north:2"]
    assert bench.values("alpr.out.burbank-pd") == bench.values("alpr.out.pasadena-pd")
    assert [record.kind for record in bench.ledger] == [
        LiveKind.BALANCES, LiveKind.READS, LiveKind.MANIFEST, LiveKind.MANIFEST, LiveKind.BATCH,
    ]  # fmt: skip
    to_burbank, to_pasadena = bench.manifests()
    assert (to_pasadena.entity_id, to_pasadena.agreement_id) == ("pasadena-pd", "mou-24-017")
    assert (to_pasadena.agreement_version, to_pasadena.books_revision, to_pasadena.decided_at) == (3, 41, NOW)
    assert (to_pasadena.purpose, to_pasadena.receiving_system) == (
        Purpose.CRIMINAL_INVESTIGATION, "Pasadena ALPR server",
    )  # fmt: skip
    assert (to_pasadena.count, to_pasadena.kept_back, to_pasadena.list_seq) == (3, 0, 1)
    assert (to_pasadena.source_from, to_pasadena.source_offset) == (0, 2)
    digest = sha256(b"".join(bench.values("alpr.out.pasadena-pd"))).hexdigest()
    assert to_pasadena.digest == to_burbank.digest == digest
    assert {one.batch_id for one in bench.got("pasadena-pd")} == {to_pasadena.batch_id}
    assert open_accountable(to_burbank, VAULT).user == "B. Chief"
    listed = open_read_list(bench.ledger[1], VAULT).reads
    assert [(one.read_id, one.plate) for one in listed] == [
        (event.read.read_id, event.read.plate) for event in reads
    ]
    assert draft.delivered == 6


def test_nothing_personal_stands_in_the_ledger_in_plain() -> None:
    bench = LiveBench()
    bench.send(*some_reads(1))
    written = b"".join(bench.values(TOPICS.manifests.name))
    for secret in (b"8ABC000", b"administrator, Pasadena PD", b"north:0"):
        assert secret not in written


def test_the_same_list_stands_once_whatever_of_it_each_may_see() -> None:
    coarse = {
        **ANOTHER,
        "fields": ["plate"],
        "live_terms": {**ANOTHER["live_terms"], "time_coarseness": "PT1H"},
    }
    bench = LiveBench(live_books({"agreements": [coarse]}))
    bench.send(*some_reads(2))
    assert [record.kind for record in bench.ledger].count(LiveKind.READS) == 1
    assert bench.values("alpr.out.burbank-pd") != bench.values("alpr.out.pasadena-pd")
    batch_id = bench.ledger[-1].batch_id
    assert [one.read.read_id for one in bench.got("burbank-pd")] == [f"{batch_id}.0", f"{batch_id}.1"]


def test_every_offset_is_on_record_also_where_nobody_gets_anything() -> None:
    bench = LiveBench()
    future = an_event(read={"read_id": "f", "captured_at": "2026-05-01T20:00:00Z"})
    bench.send(an_event(is_replay=True), b"garbage", None, future, an_event(read={"network": "west"}))
    assert bench.topics.keys() == {
        (TOPICS.manifests.name, 0), (TOPICS.dead_letters.name, 0), (TOPICS.books_acks.name, 0),
    }  # fmt: skip
    batch = bench.ledger[-1]
    assert (batch.kind, batch.count, batch.source_from, batch.source_offset) == (LiveKind.BATCH, 5, 0, 4)
    assert batch.withheld == (
        WithheldCount(why="future", count=1),
        WithheldCount(why="replay", count=1),
        WithheldCount(why="unreadable", count=2),
    )
    assert bench.dead_letters == [b"garbage", None]


def test_a_read_goes_out_once_however_often_its_feed_sends_it() -> None:
    bench, (read,) = LiveBench(), some_reads(1)
    bench.send(read, read)
    bench.send(read, *some_reads(1, start=7))
    assert [one.read.read_id for one in bench.got("pasadena-pd")] == ["north:0", "north:7"]
    bench.state = bench.replayed()
    bench.send(read)
    assert len(bench.got("pasadena-pd")) == 2
    assert bench.ledger[-1].withheld == (WithheldCount(why="repeated", count=1),)


def test_what_nobody_could_get_may_go_out_later() -> None:
    bench, (read,) = LiveBench(live_books({"agreement": {"status": "suspended"}})), some_reads(1)
    bench.send(read)
    bench.revise(lambda books: books.put_agreement(an_agreement(**live_agreement(version=4))))
    bench.send(read)
    assert len(bench.got("pasadena-pd")) == 1


def test_a_read_that_no_rule_can_be_asked_about_goes_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bool:
        raise ArithmeticError

    monkeypatch.setattr("streams.policy.live.plan.offer_of", fails)
    bench = LiveBench()
    bench.send(*some_reads(1))
    assert bench.ledger[-1].withheld == (WithheldCount(why="failed", count=1),)


def test_what_cannot_be_written_is_on_record_as_that() -> None:
    bench = LiveBench()
    draft = bench.draft()
    draft.refuse(Arrived(offset=0, value=b"too large"), "the broker refuses it")
    draft.finish()
    bench.commit(draft)
    assert bench.ledger[-1].withheld == (WithheldCount(why="unwritable", count=1),)
    assert bench.dead_letters == [b"too large"]
    second = bench.draft()
    second.bury(Arrived(offset=1, value=b"too large"), "the broker refuses that, too")
    second.finish()
    bench.commit(second)
    assert (bench.ledger[-1].source_offset, len(bench.dead_letters)) == (1, 1)


class TestVolume:
    def test_of_what_is_agreed_each_partition_may_send_its_share(self) -> None:
        bench = LiveBench(with_budget(7))
        bench.send(*some_reads(2))
        draft = bench.send(*some_reads(4, start=2))
        assert len(bench.got("pasadena-pd")) == 3
        first, second = bench.manifests()
        assert (first.count, first.kept_back, first.reason) == (2, 0, None)
        assert (second.count, second.kept_back, second.reason) == (1, 3, ReasonCode.VOLUME_EXCEEDED)
        assert second.digest == sha256(bench.values("alpr.out.pasadena-pd")[2]).hexdigest()
        assert draft.kept_back == {ReasonCode.VOLUME_EXCEEDED: 3}

    def test_it_is_told_once_and_comes_back_with_the_next_period(self) -> None:
        bench = LiveBench(with_budget(4))
        for start in (0, 3, 6):
            bench.send(*some_reads(3, start=start))
            bench.state = bench.replayed()
        assert len(bench.got("pasadena-pd")) == 2
        assert len(bench.alerts) == 1
        assert "the volume of agreement `mou-24-017` is spent" in bench.alerts[0]
        assert bench.manifests()[-1].list_seq is None
        bench.pass_time(days=1)
        fresh = {"captured_at": bench.now.isoformat()}
        bench.send(*(an_event(read={**fresh, "read_id": f"north:x{number}"}) for number in range(3)))
        assert len(bench.got("pasadena-pd")) == 4
        assert len(bench.alerts) == 2

    def test_others_get_theirs(self) -> None:
        limited = {**ANOTHER, "volume_budget": {"reads": 2, "period": "P1D"}}
        bench = LiveBench(live_books({"agreements": [limited]}))
        bench.send(*some_reads(3))
        assert (len(bench.got("burbank-pd")), len(bench.got("pasadena-pd"))) == (1, 3)
        assert [record.kind for record in bench.ledger].count(LiveKind.READS) == 1

    def test_what_is_used_is_stated_every_so_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("streams.live.state.RECORDS_BETWEEN_BALANCES", 8)
        bench = LiveBench(with_budget(100))
        for start in range(0, 12, 2):
            bench.send(*some_reads(2, start=start))
        stated = [record for record in bench.ledger if record.kind is LiveKind.BALANCES]
        assert [sum(one.reads for one in record.balances) for record in stated] == [0, 6]
        assert (
            bench.replayed(start=stated[-1].seq).balances == bench.state.balances == bench.replayed().balances
        )


def test_a_recipient_without_a_topic_gets_nothing_and_the_others_do() -> None:
    bench = LiveBench(live_books({"agreements": [ANOTHER]}))
    bench.missing = frozenset({"alpr.out.burbank-pd"})
    bench.send(*some_reads(1))
    to_burbank, to_pasadena = bench.manifests()
    assert (to_burbank.count, to_burbank.kept_back) == (0, 1)
    assert to_burbank.reason is ReasonCode.RECIPIENT_UNAVAILABLE
    assert to_pasadena.count == 1
    assert bench.got("burbank-pd") == []


def test_a_revision_is_acknowledged_once_for_this_input() -> None:
    bench = LiveBench()
    bench.send(*some_reads(1))
    bench.send(*some_reads(1, start=1))
    assert bench.acks == [("reads", 0, 41)]
    bench.revise(lambda _: None)
    assert bench.send().outbox.keys() == {(TOPICS.books_acks.name, 0)}
    assert bench.acks[1:] == [("reads", 0, 42)]


@pytest.mark.parametrize(
    ("changes", "seconds", "stands"),
    [
        ({}, 0.5, True),
        ({}, 30, True),
        ({"end": "2026-05-01T19:00:10Z"}, 9, True),
        ({"end": "2026-05-01T19:00:10Z"}, 10, False),
        ({"max_record_age": "PT10S"}, 7, True),
        ({"max_record_age": "PT10S"}, 8, False),
    ],
)
def test_deliveries_are_not_committed_after_they_may_go(
    changes: dict[str, Any],
    seconds: float,
    stands: bool,  # noqa: FBT001  # a table's column
) -> None:
    bench = LiveBench(live_books({"agreement": changes}))
    draft = bench.draft(*some_reads(1))
    bench.pass_time(seconds=seconds)
    assert draft.holds_at(bench.now, bench.books) is stands


def test_a_draft_leaves_no_trace_until_it_is_applied() -> None:
    bench = LiveBench(with_budget(100))
    first = bench.draft(*some_reads(2))
    second = bench.draft(*some_reads(2))
    assert first.head == second.head
    assert bench.replayed().chain.head.seq == bench.state.chain.head.seq == -1
    bench.commit(second)
    assert bench.state.balances


STEPS = st.lists(
    st.sampled_from(("reads", "again", "revoke", "grant", "later", "replay", "garbage")), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_promise_2_a_replay_gives_the_state_and_the_chain_accounts_for_every_offset(steps: list[str]) -> None:
    bench, version, made = LiveBench(with_budget(30)), 3, 0
    for step in steps:
        if step == "reads":
            fresh = {"captured_at": bench.now.isoformat()}
            bench.send(*(an_event(read={**fresh, "read_id": f"n:{made + place}"}) for place in range(4)))
            made += 4
        elif step == "again":
            bench.send(renamed(some_reads(1)[0], "n:0"))
        elif step in {"revoke", "grant"}:
            version += 1
            status = AgreementStatus.REVOKED if step == "revoke" else AgreementStatus.ACTIVE
            budget = {"reads": 30, "period": "P1D"}
            changed = an_agreement(**live_agreement(version=version, status=status, volume_budget=budget))
            bench.revise(lambda books, changed=changed: books.put_agreement(changed))  # type: ignore[misc]
        elif step == "later":
            bench.pass_time(hours=13)
        elif step == "replay":
            bench.state = bench.replayed()
        else:
            bench.send(b"garbage")
    again = bench.replayed()
    assert again.chain.head == bench.state.chain.head
    assert again.balances == bench.state.balances
    assert list(again.sent._ids) == list(bench.state.sent._ids)
    batches = [record for record in bench.ledger if record.kind is LiveKind.BATCH]
    assert [
        offset for one in batches for offset in range(one.source_from or 0, (one.source_offset or 0) + 1)
    ] == list(range(bench.next_offset))
    went = bench.got("pasadena-pd")
    assert len({one.read.read_id for one in went}) == len(went)
    assert sum(one.count for one in bench.manifests()) == len(went)


def test_a_delivery_is_of_the_trace_of_its_batch_and_not_of_its_read() -> None:
    bench = LiveBench()
    bench.send(*some_reads(2))
    (first, second), manifests = (
        bench.topics["alpr.out.pasadena-pd", 0],
        bench.topics[TOPICS.manifests.name, 0],
    )
    delivery, last = dict(first[2]), dict(manifests[-1][2])
    assert (delivery["ce_type"], last["ce_type"]) == (b"org.alprgate.Delivery", b"org.alprgate.LiveRecord")
    assert (delivery["ce_id"] or b"").endswith(b"/0/0")
    assert (dict(second[2])["ce_id"] or b"").endswith(b"/0/1")
    traces = {(one["traceparent"] or b"")[:35] for one in (delivery, last)}
    # What follows from one batch is one trace, and no read has one of its own.
    assert len(traces) == 1
