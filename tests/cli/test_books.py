"""The life of an agreement, each step by the person who may take it, on a real broker."""

import asyncio
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from streams.books.entries import Entry, encode_entry, key_of
from streams.books.loader import read_index
from streams.books.replica import BooksReplica
from streams.books.signed_history import SignedHistory
from streams.books.signing import countersigned
from streams.books.state import BooksState
from streams.cli.books_output import plain
from streams.clock import SystemClock
from streams.codecs.entity import encode_entity
from streams.codecs.signing_key import write_signing_key
from streams.ledger.book_change import NOTHING, ChangedEntry, SignedChange, book_change, digest_of
from streams.ledger.signed_note import SignedNote
from streams.policy.vocabulary import AgreementId, AgreementStatus, EntityClass, EntityId, EntityStatus
from streams.settings import Settings
from streams.topics import Topics
from tests.books.custodians import ALICE, BOB, CUSTODIANS, STRANGER, Raw, announced
from tests.books.polling import events_of
from tests.books.samples import NOW, agreement, entity
from tests.cli.books_runner import Gate, gate_on
from tests.cli.test_agreements import acknowledge
from tests.gatehouse import signed

pytestmark = pytest.mark.kafka
BURBANK = AgreementId("burbank-2026")


class Desk:
    """The commands on books that take signed changes alone."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = signed(settings, folder)
        self.gate: Gate = gate_on(self.settings)
        for key in (ALICE, BOB, STRANGER):
            write_signing_key(key, folder / f"{key.name}.key")
        self._folder = folder

    def by(self, name: str) -> tuple[str, str]:
        return "--key", str(self._folder / f"{name}.key")

    def apply(self, kind: str, *entries: object, by: str = "alice", reason: str = "a test") -> str:
        """Apply entries, and return what is printed; nothing may fail."""
        listed = {"agreements": "agreements", "entities": "entities"}[kind]
        file = orjson.dumps({listed: [plain(each) for each in entries]}).decode()
        ended = self.gate(kind, "apply", "-", *self.by(by), "--reason", reason, stdin=file)
        assert ended.exit_code == 0, ended.error
        return ended.output

    def approve(self, output: str, by: str = "bob") -> None:
        """Approve what was proposed in the output of a command."""
        ended = self.gate("books", "approve", *proposals_in(output), *self.by(by))
        assert ended.exit_code == 0, ended.error

    def filled(self) -> None:
        """Put an entity and its agreement on the books."""
        self.approve(self.apply("entities", entity()))
        self.approve(self.apply("agreements", agreement()))


def proposals_in(output: str) -> list[str]:
    (line,) = [line for line in output.splitlines() if "books approve" in line]
    return [word for word in line.split() if len(word) == 64]


@pytest.fixture
def desk(settings: Settings, tmp_path: Path) -> Desk:
    return Desk(settings, tmp_path)


async def written_by_hand(settings: Settings, *entries: Entry) -> None:
    """Write entries past the custodian."""
    await put(settings, *((key_of(entry).encode(), encode_entry(entry)) for entry in entries))


async def put(settings: Settings, *raws: Raw) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers)
    await producer.start()
    try:
        for key, value in raws:
            await producer.send_and_wait(Topics.of(settings).books.name, value, key=key, partition=0)
    finally:
        await producer.stop()


def test_a_proposal_is_listed_shown_and_approved_by_another(desk: Desk) -> None:
    desk.approve(desk.apply("entities", entity()))
    proposed = desk.apply("agreements", agreement(), reason="council resolution 26-1")
    assert "nothing is changed until" in proposed
    assert "burbank-2026" not in desk.gate("agreements", "list").output
    listed = orjson.loads(desk.gate("books", "proposals", "--json").output)["proposals"]
    assert [(row["by"], row["reason"]) for row in listed] == [("alice", "council resolution 26-1")]
    (proposal,) = proposals_in(proposed)
    shown = desk.gate("books", "show", proposal[:8]).output
    assert "proposed by alice: council resolution 26-1" in shown
    assert "criminal_investigation" in shown
    assert "wider by it: agreement/burbank-2026: everything" in " ".join(shown.split())
    part = desk.gate("books", "approve", proposal[:8], *desk.by("bob"))
    assert (part.exit_code, "give the whole id" in part.error) == (2, True)
    desk.approve(proposed)
    assert "in force" in desk.gate("agreements", "list").output
    assert desk.gate("books", "proposals", "--json").output.split() == ["{", '"proposals":', "[]", "}"]


def test_nobody_approves_a_proposal_of_their_own(desk: Desk) -> None:
    proposed = proposals_in(desk.apply("entities", entity()))
    alone = desk.gate("books", "approve", *proposed, *desk.by("alice"))
    assert (alone.exit_code, "nobody is two" in alone.error) == (2, True)
    strange = desk.gate("books", "approve", *proposed, *desk.by("stranger"))
    assert (strange.exit_code, "`stranger` is no custodian" in strange.error) == (2, True)
    assert "burbank" not in desk.gate("entities", "list").output


def test_people_make_their_keys_under_their_own_names(settings: Settings, tmp_path: Path) -> None:
    made = [gate_on(settings)("ledger", "key", str(tmp_path / f"{name}.key"), "--name", name)
            for name in ("castro", "clerk")]  # fmt: skip
    (tmp_path / "custodians").write_text("".join(one.output for one in made), encoding="utf-8")
    gate = gate_on(settings.model_copy(update={"custodians": tmp_path / "custodians"}))
    file = orjson.dumps({"entities": [plain(entity())]}).decode()
    words = ("--key", str(tmp_path / "castro.key"), "--reason", "a test")
    proposed = gate("entities", "apply", "-", *words, stdin=file)
    approved = gate("books", "approve", *proposals_in(proposed.output), "--key", str(tmp_path / "clerk.key"))
    assert approved.exit_code == 0, approved.error
    both = gate("ledger", "key", str(tmp_path / "no.key"), "--name", "a", "--witness", "a")
    assert (both.exit_code, "not both" in both.error, (tmp_path / "no.key").exists()) == (2, True, False)


def test_one_person_narrows_and_revokes_at_once(desk: Desk) -> None:
    desk.filled()
    narrower = desk.apply("agreements", replace(agreement(version=2), networks=("north",)))
    assert "version 2 active" in narrower
    wider = desk.apply("agreements", replace(agreement(version=3), live_feed=True))
    assert "nothing is changed" in wider
    revoked = desk.gate(
        "agreements", "revoke", BURBANK, "--reason", "over", *desk.by("bob"), "--timeout", "0"
    )
    assert "version 3 revoked" in revoked.output
    late = desk.gate("books", "approve", *proposals_in(wider), *desk.by("bob"))
    assert (late.exit_code, "cannot be approved any more" in late.error) == (2, True)
    assert "revoked" in desk.gate("agreements", "list").output


def test_what_narrows_in_a_file_counts_at_once_and_the_rest_is_proposed(desk: Desk) -> None:
    desk.approve(desk.apply("entities", entity()))
    names = ("burbank-2026", "burbank-2027", "burbank-2028")
    desk.approve(desk.apply("agreements", *map(agreement, names)))
    first, second, third = (agreement(name, version=2) for name in names)
    printed = desk.apply(
        "agreements", replace(first, networks=("north",)), replace(second, live_feed=True),
        replace(third, status=AgreementStatus.SUSPENDED),
    )  # fmt: skip
    made, proposed = printed.split("revision")
    assert all(name in made for name in (first.agreement_id, third.agreement_id))
    assert proposed.splitlines()[0].endswith(": 2 changed, 0 unchanged")
    assert second.agreement_id in proposed
    assert first.agreement_id not in proposed
    assert "none of these is changed until a second custodian approves it" in proposed
    assert versions_of(desk) == {"burbank-2026": 2, "burbank-2027": 1, "burbank-2028": 2}
    desk.approve(printed)
    assert versions_of(desk) == {"burbank-2026": 2, "burbank-2027": 2, "burbank-2028": 2}


def versions_of(desk: Desk) -> dict[str, int]:
    standing = orjson.loads(desk.gate("agreements", "list", "--json").output)["agreements"]
    return {one["agreement_id"]: one["version"] for one in standing}


def test_a_proposal_is_rejected_by_a_custodian_with_a_reason(desk: Desk) -> None:
    (proposed,) = proposals_in(desk.apply("entities", entity()))
    strange = desk.gate("books", "reject", proposed, *desk.by("stranger"), "--reason", "no")
    assert strange.exit_code == 2
    ended = desk.gate("books", "reject", proposed, *desk.by("alice"), "--reason", "a slip")
    assert "nothing is changed" in ended.output
    gone = desk.gate("books", "approve", proposed, *desk.by("bob"))
    assert (gone.exit_code, "there is no proposal" in gone.error) == (2, True)


async def test_who_completes_a_rejected_proposal_past_the_tools_changes_nothing(desk: Desk) -> None:
    (proposed,) = proposals_in(await asyncio.to_thread(desk.apply, "entities", entity()))
    half = (await read_index(desk.settings)).proposals[proposed]
    both = countersigned(half, BOB, SignedHistory(desk.settings.ledger_origin, CUSTODIANS))
    words = ("books", "reject", proposed, *desk.by("bob"), "--reason", "no evidence")
    assert (await asyncio.to_thread(desk.gate, *words)).exit_code == 0
    await put(desk.settings, announced(both), (key_of(entity()).encode(), encode_entry(entity())))
    index = await read_index(desk.settings)
    assert index.books.entity(EntityId("burbank")) is None
    assert index.refused == 2
    rejected = (await events_of(desk.settings))[-1]
    assert (rejected.key, rejected.by, rejected.reason) == (f"rejection/{proposed}", "bob", "no evidence")


def test_an_unlawful_proposal_is_refused_when_it_is_made_and_when_it_is_approved(desk: Desk) -> None:
    desk.approve(desk.apply("entities", entity()))
    proposed = desk.apply("agreements", agreement())
    # Meanwhile the entity turns out to be somebody whom the statute forbids.
    desk.approve(desk.apply("entities", replace(entity(), entity_class=EntityClass.FEDERAL)))
    late = desk.gate("books", "approve", *proposals_in(proposed), *desk.by("bob"))
    assert (late.exit_code, "is refused" in late.error) == (3, True)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ((), "take signed changes alone"),
        (("--key", "stranger"), "`stranger` is no custodian"),
        (("--key", "alice"), "expected the reason of the change"),
    ],
)
def test_a_change_without_a_custodian_or_a_reason_is_refused(
    desk: Desk, options: tuple[str, ...], error: str
) -> None:
    file = orjson.dumps({"entities": [plain(entity())]}).decode()
    given = desk.by(options[1]) if options else ()
    ended = desk.gate("entities", "apply", "-", *given, stdin=file)
    assert (ended.exit_code, error in ended.error) == (2, True), ended.error


def test_nobody_changes_or_reads_books_without_custodians_unasked(settings: Settings) -> None:
    unasked = gate_on(settings.model_copy(update={"unsigned_books": False}))
    file = orjson.dumps({"entities": [plain(entity())]}).decode()
    for words in (("entities", "apply", "-"), ("entities", "list")):
        ended = unasked(*words, stdin=file)
        assert (ended.exit_code, "no custodians: name the file" in ended.error) == (2, True), ended


def test_books_without_custodians_take_no_key(settings: Settings, tmp_path: Path) -> None:
    desk = Desk(settings, tmp_path)
    file = orjson.dumps({"entities": [plain(entity())]}).decode()
    ended = gate_on(settings)("entities", "apply", "-", *desk.by("alice"), stdin=file)
    assert (ended.exit_code, "ALPR_GATE_CUSTODIANS" in ended.error) == (2, True)


async def test_each_step_is_an_event_with_who_when_and_why(desk: Desk) -> None:
    await asyncio.to_thread(desk.filled)
    events = await events_of(desk.settings)
    kinds = [(event.key.partition("/")[0], event.by, event.value is None) for event in events]
    assert kinds == [
        ("proposal", "alice", False),
        ("proposal", "bob", True),
        ("change", "bob", False),
        ("entity", "bob", False),
        ("proposal", "alice", False),
        ("proposal", "bob", True),
        ("change", "bob", False),
        ("agreement", "bob", False),
    ]
    assert {event.reason for event in events} == {"a test", "approved"}
    assert len({event.event_id for event in events}) == len(events)


async def test_who_may_write_to_the_topic_changes_nothing(desk: Desk) -> None:
    await asyncio.to_thread(desk.filled)
    forged = replace(agreement(version=2), live_feed=True, status=AgreementStatus.ACTIVE)
    relabelled = replace(entity(), status=EntityStatus.ACTIVE, aliases=("burbank pd", "ice"))
    await written_by_hand(desk.settings, forged, relabelled)
    index = await read_index(desk.settings)
    assert index.books.agreement(BURBANK) == agreement()
    assert index.refused == 2


async def test_a_worker_follows_what_is_signed_and_counts_what_is_not(desk: Desk) -> None:
    await asyncio.to_thread(desk.filled)
    replica = BooksReplica(desk.settings, SystemClock(), "worker-1")
    await replica.start()
    try:
        async with asyncio.timeout(30):
            await replica.wait_current()
            assert replica.books.agreement(BURBANK) == agreement()
            await written_by_hand(desk.settings, replace(agreement(version=2), live_feed=True))
            narrower = replace(agreement(version=2), networks=("north",))
            await asyncio.to_thread(desk.apply, "agreements", narrower)
            while replica.books.agreement(BURBANK) != narrower:
                await replica.wait_revision(replica.revision + 1, 1.0)
        assert replica.refused == 1
        assert replica.state is BooksState.CURRENT
    finally:
        await replica.stop()


@pytest.mark.parametrize("which", [("--entity", "burbank"), ("--class", "local_law_enforcement"), ("--all",)])
def test_one_person_stops_more_than_one_agreement(desk: Desk, which: tuple[str, ...]) -> None:
    desk.approve(desk.apply("entities", entity()))
    desk.approve(desk.apply("agreements", agreement(), agreement("burbank-2027")))
    options = ("--reason", "a breach", *desk.by("bob"), "--timeout", "0")
    ended = desk.gate("agreements", "revoke", *which, *options)
    # No gate runs here, so nobody can say that it binds.
    assert (ended.exit_code, "the revocation stands" in ended.error) == (69, True)
    standing = orjson.loads(desk.gate("agreements", "list", "--json").output)["agreements"]
    assert {one["status"] for one in standing} == {"revoked"}


def test_a_revocation_of_much_does_not_wait_for_the_part_that_takes_two(desk: Desk) -> None:
    desk.filled()
    asyncio.run(acknowledge(desk.settings, 10**6))
    # The same entity in other bytes, as an earlier version may have written it: nobody can see what it was.
    lender = replace(entity("lender"), aliases=("lender pd",), inherits_parent_agreement=True)
    odd = encode_entity(lender).replace(b"\x02\x12lender pd\x00", b"\x01\x14\x12lender pd\x00")
    assert odd != encode_entity(lender)
    asyncio.run(signed_by_both(desk.settings, key_of(lender).encode(), odd))
    ended = desk.gate("agreements", "revoke", "--all", "--reason", "a breach", *desk.by("bob"))
    assert (ended.exit_code, "waits for a second person" in ended.error) == (2, True), ended
    assert "binds everywhere" in ended.output
    assert '"status": "revoked"' in desk.gate("agreements", "list", "--json").output
    desk.approve(ended.output, by="alice")
    assert '"status": "inactive"' in desk.gate("entities", "show", "lender", "--json").output


async def signed_by_both(settings: Settings, key: bytes, value: bytes) -> None:
    """Write a new entry past the tools, as both custodians have signed it."""
    changed = ChangedEntry(key=key.decode(), number=1, before=NOTHING, after=digest_of(value))
    text = str(book_change(settings.ledger_origin, NOW, "by hand", [changed]))
    note = SignedNote(text=text, signatures=(ALICE.sign(text), BOB.sign(text)))
    await put(settings, announced(SignedChange(note=str(note))), (key, value))


@pytest.mark.parametrize("which", [(), ("burbank-2026", "--all"), ("--all", "--entity", "burbank")])
def test_what_is_revoked_is_named_in_one_way(desk: Desk, which: tuple[str, ...]) -> None:
    ended = desk.gate("agreements", "revoke", *which, "--reason", "why")
    assert (ended.exit_code, "name one agreement" in ended.error) == (2, True)
