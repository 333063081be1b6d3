import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from streams.clock import SystemClock
from streams.codecs.ledger_record import seal_record
from streams.demo.watch import Seen, watch
from streams.errors import CodecError, InputError
from streams.kafka.admin import ensure_topics
from streams.ledger.record import GENESIS_PREVIOUS, LedgerRecord
from streams.policy.decision import Reason
from streams.policy.reasons import ROWS
from streams.policy.vocabulary import AgreementId, DecisionId, ReasonCode, RecordKind, Verdict
from streams.settings import Settings
from streams.topics import Topics

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BURBANK = AgreementId("burbank-2026")


def reason(code: ReasonCode) -> Reason:
    row = ROWS[code]
    return Reason(
        code=code,
        verdict=row.verdict,
        tier=row.tier,
        cleared_by=row.cleared_by,
        clause=row.clause,
        field="",
        message="a test",
    )


def record(
    kind: RecordKind = RecordKind.DECISION,
    verdict: Verdict = Verdict.BLOCK,
    *codes: ReasonCode,
    agreement: AgreementId | None = None,
    offset: int | None = 0,
) -> LedgerRecord:
    return LedgerRecord(
        kind=kind,
        decision_id=DecisionId("2b0e1c5e-0000-5000-8000-000000000000"),
        verdict=verdict,
        leading_reason=codes[0] if codes else None,
        reasons=tuple(map(reason, codes)),
        agreement_id=agreement,
        books_revision=7,
        policy_hash="",
        decided_at=NOW,
        source_topic="alpr.sharing.requests",
        source_partition=1,
        source_offset=offset,
        partition=1,
        seq=0,
        prev_hash=GENESIS_PREVIOUS,
    )


def seen_of(*records: LedgerRecord) -> Seen:
    seen = Seen()
    for one in records:
        seen.add(one, 5.0)
    return seen


def test_a_verdict_counts_by_its_leading_reason_and_by_every_reason() -> None:
    codes = (ReasonCode.NO_AGREEMENT, ReasonCode.SCOPE_NOT_COVERED)
    seen = seen_of(record(RecordKind.DECISION, Verdict.BLOCK, *codes))
    assert seen.outcomes == {(Verdict.BLOCK, "NO_AGREEMENT"): 1}
    assert seen.reasons == {"NO_AGREEMENT": 1, "SCOPE_NOT_COVERED": 1}


def test_a_repeat_is_counted_as_a_record_and_not_as_another_verdict() -> None:
    seen = seen_of(record(RecordKind.REPEAT, Verdict.BLOCK, ReasonCode.NO_AGREEMENT))
    assert seen.kinds == {RecordKind.REPEAT: 1}
    assert not seen.outcomes
    assert seen.read_at == {(1, 0): 5.0}


def test_a_record_without_input_accounts_for_none() -> None:
    seen = seen_of(record(RecordKind.RESOLUTION, Verdict.BLOCK, ReasonCode.HOLD_EXPIRED, offset=None))
    assert seen.read_at == {}
    assert seen.outcomes == {(Verdict.BLOCK, "HOLD_EXPIRED"): 1}


def test_only_forwards_count_as_forwards_under_an_agreement() -> None:
    seen = seen_of(
        record(RecordKind.DECISION, Verdict.FORWARD, agreement=BURBANK),
        record(RecordKind.DECISION, Verdict.BLOCK, ReasonCode.AGREEMENT_REVOKED, agreement=BURBANK),
    )
    assert seen.forwards == {BURBANK: [(7, NOW)]}


async def put_in_ledger(settings: Settings, values: Iterable[bytes]) -> None:
    topics = Topics.of(settings)
    await ensure_topics(settings.bootstrap_servers, topics.fixed(), 1)
    async with AIOKafkaProducer(bootstrap_servers=settings.servers) as producer:
        for value in values:
            await producer.send_and_wait(topics.decisions.name, value, partition=1)


@pytest.mark.kafka
async def test_the_watch_ends_when_every_input_has_a_record(settings: Settings) -> None:
    records = [record(offset=offset) for offset in range(3)]
    await put_in_ledger(settings, (seal_record(each)[0] for each in records))
    told: list[int] = []
    async with watch(settings, SystemClock(), told.append) as watching, asyncio.timeout(20):
        await watching.until(3)
    assert set(watching.seen.read_at) == {(1, 0), (1, 1), (1, 2)}
    assert told == [1, 2, 3]


@pytest.mark.kafka
async def test_a_ledger_that_cannot_be_read_ends_the_wait_with_why(settings: Settings) -> None:
    await put_in_ledger(settings, [b"no record"])
    async with watch(settings, SystemClock(), lambda _: None) as watching, asyncio.timeout(20):
        with pytest.raises(CodecError):
            await watching.until(1)


@pytest.mark.kafka
async def test_a_ledger_that_is_not_there_ends_the_wait_with_why(settings: Settings) -> None:
    async with watch(settings, SystemClock(), lambda _: None) as watching, asyncio.timeout(20):
        with pytest.raises(InputError, match="there is no topic"):
            await watching.until(1)
