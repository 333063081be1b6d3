from collections import Counter
from itertools import pairwise

from streams.bench.work import Work
from streams.bench.world import World
from streams.codecs.alert import decode_alert
from streams.codecs.ledger_record import read_link
from streams.codecs.release import decode_release
from streams.codecs.request import decode_request
from streams.policy.vocabulary import RecordKind, Verdict
from streams.topics import Topics
from tests.gate.bench import KEYRING
from tests.policy.building import NOW

WORLD = World(now=NOW)
TOPICS = Topics("", 1)


def test_the_books_are_as_large_as_they_should_be() -> None:
    books = WORLD.books()
    assert (len(list(books.agreements())), len(list(books.entities()))) == (1000, 2000)


def test_the_same_arguments_make_the_same_world() -> None:
    again = World(now=NOW)
    assert list(again.entries()) == list(WORLD.entries())
    assert again.traffic(KEYRING, 50) == WORLD.traffic(KEYRING, 50)


def test_nine_in_ten_requests_are_forwarded_and_no_id_comes_twice() -> None:
    asked = WORLD.traffic(KEYRING, 1000)
    verdicts = Counter(one.verdict for one in asked)
    assert verdicts[Verdict.FORWARD] == 900
    assert verdicts[Verdict.BLOCK] > 0
    assert verdicts[Verdict.HOLD] > 0
    assert len({one.request_id for one in asked}) == 1000


def test_the_work_decides_what_is_right_and_writes_a_chain() -> None:
    asked = WORLD.traffic(KEYRING, 500)
    work = Work(WORLD, KEYRING, TOPICS, NOW)
    ledger, released, alerts = [], [], 0
    for offset, one in enumerate(asked):
        work.take(offset, one.value)
        for (topic, _), rows in work.drain().items():
            if topic == TOPICS.decisions.name:
                ledger += [read_link(value) for _, value, _ in rows]
            elif topic.startswith("alpr.out."):
                released += [decode_release(value).request_id for _, value, _ in rows]
            elif topic == TOPICS.alerts.name:
                alerts += len([decode_alert(value) for _, value, _ in rows])
    records = [record for record, _ in ledger]
    assert records[0].kind is RecordKind.GENESIS
    assert [record.verdict for record in records[1:]] == [one.verdict for one in asked]
    assert released == [one.request_id for one in asked if one.verdict is Verdict.FORWARD]
    assert alerts > 0
    assert [record.seq for record in records] == list(range(501))
    assert all(later.prev_hash == digest for (_, digest), (later, _) in pairwise(ledger))


def test_nobody_is_forwarded_to_who_has_no_topic() -> None:
    forwarded = {
        decode_request(one.value).authenticated_as
        for one in WORLD.traffic(KEYRING, 500)
        if one.verdict is Verdict.FORWARD
    }
    agency = WORLD.region.policy.agency.entity_id
    assert forwarded - {agency} <= set(WORLD.recipients)


def test_a_push_grows_with_its_reads() -> None:
    few, many = (WORLD.pushes(KEYRING, 2, reads) for reads in (1, 600))
    assert all(len(one.value) < 600 for one in few)
    assert all(64_000 < len(one.value) < 100_000 for one in many)
    assert len({one.request_id for one in few}) == 2
