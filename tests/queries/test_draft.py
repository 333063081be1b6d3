"""A draft without a broker: each input one record, and a state that a replay of the chain gives again."""

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codecs.alert import decode_alert
from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.query_access import open_query, read_access
from streams.codecs.query_event import encode_query_event
from streams.codecs.trace_context import Headers
from streams.errors import LedgerError
from streams.ledger.links import verify_links
from streams.ledger.query_access import AccessKind, QueryAccess
from streams.policy.query_screening import FINDABLE
from streams.policy.vocabulary import QueryId, ReasonCode
from streams.queries.draft import QueriesContext, QueriesDraft
from streams.queries.recovery import _Replay
from streams.queries.state import KnownAccesses, QueriesState
from streams.topics import Topics
from tests.gate.bench import KEYS
from tests.policy.building import NOW, in_force, some_books
from tests.policy.query_building import a_query

TOPICS = Topics("", 3)
BOOKS = some_books()
CONTEXT = QueriesContext(
    topics=TOPICS,
    books=BOOKS,
    policy=in_force(BOOKS),
    revision=41,
    now=NOW,
    sealer=KEYS.vault.sealer(NOW, os.urandom),
    pseudonym=KEYS.pseudonym_of,
)
LIMIT = 4
PARTITION = 2
EVENT = a_query(user="Q. Officer", plate="7QZX9*", networks_searched=6709)


@dataclass(frozen=True)
class Sent:
    """One record as the broker hands it over."""

    offset: int
    value: bytes | None
    key: bytes | None = b"key"
    timestamp: int = 0
    headers: Headers = ()


def empty() -> QueriesState:
    return QueriesState(partition=PARTITION, known=KnownAccesses(LIMIT))


def taken(state: QueriesState, *sent: Sent) -> QueriesDraft:
    draft = QueriesDraft(state, CONTEXT)
    for record in sent:
        draft.take(record)
    draft.finish()
    return draft


def chain_of(draft: QueriesDraft) -> list[bytes | None]:
    return [value for _, value, _ in draft.outbox.get((TOPICS.queries_access.name, PARTITION), ())]


def records_of(draft: QueriesDraft) -> list[QueryAccess]:
    return [read_access(value)[0] for value in chain_of(draft)]


def values_of(draft: QueriesDraft, topic: str) -> list[bytes | None]:
    return [value for _, value, _ in draft.outbox.get((topic, PARTITION), ())]


def test_an_access_has_what_was_told_sealed_and_what_was_found_not() -> None:
    draft = taken(empty(), Sent(7, encode_query_event(EVENT)))
    (record,) = records_of(draft)
    assert (record.kind, record.query_id, record.entity_id) == (AccessKind.ACCESS, EVENT.query_id, "lapd")
    assert (record.source_offset, record.seq, record.books_revision) == (7, 0, 41)
    assert open_query(record, KEYS.vault) == EVENT
    assert [finding.code for finding in record.findings] == [
        ReasonCode.USER_NOT_AUTHORISED, ReasonCode.SELECTOR_TOO_BROAD, ReasonCode.SELECTOR_TOO_BROAD,
    ]  # fmt: skip
    assert draft.tally.findings == {ReasonCode.USER_NOT_AUTHORISED: 1, ReasonCode.SELECTOR_TOO_BROAD: 2}


def test_alerts_name_nobody_and_have_ids_of_their_own() -> None:
    draft = taken(empty(), Sent(7, encode_query_event(EVENT)))
    (record,) = records_of(draft)
    alerts = [decode_alert(value) for value in values_of(draft, TOPICS.alerts.name)]
    assert [alert.kind for alert in alerts] == [finding.code for finding in record.findings]
    assert {alert.decision_ids for alert in alerts} == {(record.access_id,)}
    assert len({alert.alert_id for alert in alerts}) == len(alerts)
    assert {(alert.organisation, alert.user_pseudonym) for alert in alerts} == {
        ("lapd", KEYS.pseudonym_of("Q. Officer"))
    }
    assert "Q. Officer" not in repr(alerts)
    assert "7QZX9" not in repr(alerts)


def test_of_whom_nobody_tells_there_is_no_pseudonym_that_would_link_them() -> None:
    event = replace(EVENT, user="***", organisation="Nobody PD")
    (alert, _) = [
        decode_alert(value)
        for value in values_of(taken(empty(), Sent(7, encode_query_event(event))), TOPICS.alerts.name)
    ]
    assert (alert.organisation, alert.user_pseudonym) == (KEYS.pseudonym_of("Nobody PD"), "")


def test_a_missing_field_is_found_and_alerts_nobody() -> None:
    event = a_query(user="***", plate=None, window_from=None)
    draft = taken(empty(), Sent(7, encode_query_event(event)))
    assert [one.code for one in records_of(draft)[0].findings] == [ReasonCode.ACCESS_RECORD_INCOMPLETE]
    assert values_of(draft, TOPICS.alerts.name) == []


def test_a_repeat_in_the_same_batch_or_after_it_alerts_nobody_again() -> None:
    state, told = empty(), encode_query_event(EVENT)
    first = taken(state, Sent(7, told), Sent(8, told))
    first.apply()
    second = taken(state, Sent(9, told))
    kinds = [record.kind for record in (*records_of(first), *records_of(second))]
    assert kinds == [AccessKind.ACCESS, AccessKind.REPEAT, AccessKind.REPEAT]
    assert len({record.access_id for record in (*records_of(first), *records_of(second))}) == 1
    assert values_of(second, TOPICS.alerts.name) == []


def test_a_draft_that_is_thrown_away_leaves_no_trace() -> None:
    state = empty()
    taken(state, Sent(7, encode_query_event(EVENT)))
    assert (state.head.seq, state.next_source, len(state.known)) == (-1, 0, 0)


@pytest.mark.parametrize("value", [None, b"", b"no search", encode_query_event(EVENT)[:-3]])
def test_bytes_that_are_no_search_are_a_record_and_a_dead_letter(value: bytes | None) -> None:
    draft = taken(empty(), Sent(7, value))
    (record,) = records_of(draft)
    assert (record.kind, record.query_digest, record.sealed_query) == (AccessKind.MALFORMED, None, None)
    (letter,) = [decode_dead_letter(one) for one in values_of(draft, TOPICS.dead_letters.name)]
    assert (letter.decision_id, letter.value) == (record.access_id, value)
    assert (letter.source_topic, letter.source_partition, letter.source_offset) == (
        TOPICS.queries.name, PARTITION, 7,
    )  # fmt: skip


def test_a_search_that_no_transaction_can_hold_is_a_dead_letter_that_may_come_again() -> None:
    state = empty()
    for write in (QueriesDraft.refuse, QueriesDraft.bury):
        draft = QueriesDraft(state, CONTEXT)
        write(draft, Sent(7, encode_query_event(EVENT)), "the broker refused it")
        (record,) = records_of(draft)
        assert (record.kind, record.query_digest is not None) == (AccessKind.MALFORMED, True)
        draft.apply()
    assert records_of(taken(state, Sent(9, encode_query_event(EVENT))))[0].kind is AccessKind.ACCESS


def test_a_record_that_was_altered_ends_a_replay() -> None:
    (value,) = chain_of(taken(empty(), Sent(7, encode_query_event(EVENT))))
    assert value is not None
    place = value.index(b"alpr.queries")
    with pytest.raises(LedgerError, match="the record was changed after it was written"):
        _Replay(PARTITION, LIMIT).take(value[:place] + b"alpr.qUeries" + value[place + 12 :], "here")


def test_every_code_that_can_be_found_can_be_counted() -> None:
    assert {
        finding.code for finding in records_of(taken(empty(), Sent(7, encode_query_event(EVENT))))[0].findings
    } <= set(FINDABLE)


POOL = tuple(
    encode_query_event(
        replace(EVENT, query_id=QueryId(f"q-{number}"), searched_at=NOW - timedelta(days=number))
    )
    for number in range(6)
)
VALUES = st.lists(st.sampled_from((*POOL, b"no search", None)), max_size=24)


@given(values=VALUES, cuts=st.sets(st.integers(0, 24)))
def test_however_it_is_cut_each_input_has_one_record_and_a_replay_gives_the_state_again(
    values: list[bytes | None], cuts: set[int]
) -> None:
    state, chain = empty(), list[bytes | None]()
    bounds = sorted({0, len(values), *(cut for cut in cuts if cut < len(values))})
    for start, end in pairwise(bounds):
        # Offsets jump, as over markers.
        draft = taken(state, *(Sent(2 * place, values[place]) for place in range(start, end)))
        chain += chain_of(draft)
        draft.apply()
    assert verify_links(chain, read_access).problem is None
    records = [read_access(value)[0] for value in chain]
    assert [record.source_offset for record in records] == [2 * place for place in range(len(values))]

    replay = _Replay(PARTITION, LIMIT)
    for value in chain:
        replay.take(value, "here")
    assert replay.chain.head.seq == state.head.seq
    assert (replay.chain.head.hash, replay.chain.next_source) == (state.head.hash, state.next_source)
    # What is remembered, and in which order it will be forgotten.
    assert list(replay.chain.known) == list(state.known)


def test_what_follows_from_a_search_is_of_its_trace_and_names_its_record() -> None:
    came_with = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    draft = taken(
        empty(), Sent(7, encode_query_event(EVENT), headers=(("traceparent", came_with),)), Sent(8, b"?")
    )
    first, second = (dict(row[2]) for row in draft.outbox[TOPICS.queries_access.name, PARTITION])
    (alert, *_) = (dict(row[2]) for row in draft.outbox[TOPICS.alerts.name, PARTITION])
    (letter,) = (dict(row[2]) for row in draft.outbox[TOPICS.dead_letters.name, PARTITION])
    assert [one["ce_id"] for one in (first, alert, second, letter)] == [b"2/0", b"2/0/1", b"2/1", b"2/1/1"]
    assert (first["ce_type"], alert["ce_type"]) == (b"org.alprgate.QueryAccess", b"org.alprgate.Alert")
    assert first["traceparent"] == alert["traceparent"]
    traces = [one["traceparent"] or b"" for one in (first, second)]
    assert [trace[:35] == came_with[:35] for trace in traces] == [True, False]
    assert traces[0] != came_with
