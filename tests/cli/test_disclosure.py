"""Legal process from end to end: counsel at the command line, and a worker on a real broker."""

import asyncio
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from streams.codecs.answer import decode_answer
from streams.codecs.disclosure_note import encode_disclosure_note
from streams.codecs.disclosure_order import decode_disclosure_order, encode_disclosure_order
from streams.codecs.signing_key import SigningKey, new_signing_key, write_signing_key
from streams.ledger.disclosure_note import DisclosureNote, id_in
from streams.policy.disclosure import DisclosureOrder
from streams.policy.vocabulary import ReasonCode, RecordKind, RequestId, RequestKind, Verdict
from streams.settings import Settings
from tests.cli.books_runner import Ended, Gate, gate_on
from tests.gatehouse import Gatehouse

OKAFOR, STRANGER = new_signing_key("d.okafor", bytes(range(32))), new_signing_key("d.okafor", bytes(32))
DOCUMENT = b"%PDF a warrant"
# What the draft leaves open, in the order of its lines.
FILLED = {
    "  body:": "  body: Superior Court of California",
    "  reference:": "  reference: 26-SW-0113",
    "  dated:": "  dated: 2026-01-05",
    "case_number:": "case_number: 26-001234",
    "recipient:": "recipient: Superior Court, Department 42",
    "plate:": "plate: 8ABC123",
    "purpose_code:": "purpose_code: criminal_investigation",
}


@dataclass(frozen=True)
class Chambers:
    """A house, the commands, and a folder for what counsel writes."""

    house: Gatehouse
    gate: Gate
    folder: Path

    async def __call__(self, *words: str) -> Ended:
        return await asyncio.to_thread(self.gate, "disclosure", *words)

    async def signed(self, name: str = "warrant", by: SigningKey = OKAFOR, issuer: str = "judge") -> Path:
        """Draft a warrant for one plate on one day, fill it in, sign it, and return the file."""
        document, file = self.folder / "warrant.pdf", self.folder / f"{name}.yaml"
        document.write_bytes(DOCUMENT)
        drafted = await self("draft", str(file), "--kind", "search_warrant", "--document", str(document))
        assert drafted.exit_code == 0, drafted
        start = self.house.now - timedelta(days=2)
        window = {
            "window_from:": f"window_from: {start.isoformat()}",
            "window_to:": f"window_to: {(start + timedelta(days=1)).isoformat()}",
        }
        lines = file.read_text(encoding="utf-8").splitlines()
        filled = {**FILLED, **window, "  issuer:": f"  issuer: {issuer}"}
        file.write_text("\n".join(filled.get(line, line) for line in lines), encoding="utf-8")
        key = self.folder / f"{by.verifier.hash.hex()}.key"
        if not key.exists():
            write_signing_key(by, key)
        signed = await self("sign", str(file), "--key", str(key))
        assert signed.exit_code == 0, signed
        note = self.folder / f"{name}.signed"
        note.write_text(signed.output, encoding="utf-8")
        return note

    async def submit(self, note: Path) -> Ended:
        return await self("submit", str(note), "--timeout", "30")

    async def orders(self) -> list[DisclosureOrder]:
        raws = await self.house.read(self.house.topics.disclosures.name)
        return [decode_disclosure_order(raw.value) for raw in raws]

    async def alerts(self) -> list[tuple[str, str]]:
        return [(one.kind, one.severity) for one in await self.house.alerts()]


@pytest.fixture
async def chambers(house: Gatehouse, tmp_path: Path) -> Chambers:
    """Chambers with a running worker that knows one of counsel."""
    counsel = tmp_path / "counsel"
    counsel.write_text(f"# the city attorney\n{OKAFOR.verifier}\n", encoding="utf-8")
    await (await house.worker(counsel=counsel)).ready(partitions=2)
    return Chambers(house, gate_on(house.settings), tmp_path)


@pytest.mark.kafka
async def test_a_warrant_is_drafted_signed_ordered_listed_and_opened_on_record(chambers: Chambers) -> None:
    note = await chambers.signed()
    ended = await chambers.submit(note)
    assert (ended.exit_code, ended.output.partition(" ")[0]) == (0, "ordered"), ended
    (order,) = await chambers.orders()
    assert (order.selector.plate, order.recipient) == ("8ABC123", "Superior Court, Department 42")
    assert order.note == note.read_text(encoding="utf-8")
    assert hashlib.sha256(DOCUMENT).hexdigest() in order.note
    assert await chambers.alerts() == [(ReasonCode.DISCLOSURE_ORDERED, "low")]
    # Nothing of it goes where a recipient or a requester could see it.
    assert await chambers.house.read(chambers.house.topics.answers.name) == []
    assert not [
        one for topic in await chambers.house.out_topics() for one in await chambers.house.read(topic)
    ]

    (row,) = [json.loads(line) for line in (await chambers("list", "--json")).output.splitlines()]
    assert (row["decision_id"], row["became"], row["authority"]) == (
        order.decision_id, "ordered", "search_warrant",
    )  # fmt: skip
    assert "1 on record" in (await chambers("list")).output
    plain = await chambers("show", order.decision_id)
    assert "8ABC123" not in plain.output
    opened = await chambers("show", order.decision_id, "--reason", "motion to quash", "--by", "m.castro")
    assert json.loads(opened.output)["note"] == order.note
    assert json.loads(opened.output)["access"]["user"] == OKAFOR.name
    acts = await asyncio.to_thread(chambers.gate, "ledger", "actions", "--json")
    assert json.loads(acts.output)["decision_id"] == order.decision_id
    assert (await chambers.house.audit()).sound


@pytest.mark.kafka
async def test_promise_2_a_replay_a_forgery_and_a_changed_text_order_nothing(chambers: Chambers) -> None:
    note = await chambers.signed()
    assert (await chambers.submit(note)).exit_code == 0
    replayed = await chambers.submit(note)
    assert (replayed.exit_code, "ruled on before" in replayed.error) == (2, True), replayed
    forged = await chambers.submit(await chambers.signed("forged", by=STRANGER))
    assert (forged.exit_code, "not signed by one of counsel" in forged.error) == (2, True), forged
    text = (await chambers.signed("changed")).read_text(encoding="utf-8").replace("8ABC123", "7XYZ999")
    (chambers.folder / "changed.signed").write_text(text, encoding="utf-8")
    changed = await chambers.submit(chambers.folder / "changed.signed")
    assert (changed.exit_code, "not one of what it says" in changed.error) == (2, True), changed
    # The same signed note, sent to another partition under another id.
    other = DisclosureNote(disclosure_id="another", note=note.read_text(encoding="utf-8"))
    await chambers.house.put(
        chambers.house.topics.requests.name, encode_disclosure_note(other), 0, b"another"
    )
    await chambers.house.decided()
    assert len(await chambers.orders()) == 1
    refused = (ReasonCode.DISCLOSURE_REFUSED, "high")
    assert sorted(await chambers.alerts()) == sorted([(ReasonCode.DISCLOSURE_ORDERED, "low"), *[refused] * 4])
    assert (await chambers.house.audit()).sound


@pytest.mark.kafka
async def test_what_was_sent_before_a_kill_is_ordered_once_by_the_next_worker(chambers: Chambers) -> None:
    first = await chambers.signed("first")
    assert (await chambers.submit(first)).exit_code == 0
    await chambers.house.workers[0].kill()
    waiting = asyncio.create_task(chambers.submit(await chambers.signed("second")))
    counsel = chambers.folder / "counsel"
    await (await chambers.house.worker("worker-2", counsel=counsel)).ready(partitions=2)
    assert (await waiting).exit_code == 0
    assert (await chambers.submit(first)).exit_code == 2
    ids = [order.disclosure_id for order in await chambers.orders()]
    assert sorted(ids) == sorted(
        id_in((chambers.folder / f"{name}.signed").read_text(encoding="utf-8"))
        for name in ("first", "second")
    )
    assert (await chambers.house.audit()).sound


@pytest.mark.kafka
async def test_an_administrative_warrant_is_refused_with_its_clause(chambers: Chambers) -> None:
    ended = await chambers.submit(await chambers.signed(issuer="executive"))
    assert (ended.exit_code, "DISCLOSURE_WITHOUT_AUTHORITY" in ended.error) == (2, True), ended
    assert await chambers.orders() == []
    (record,) = [one for one in await chambers.house.ledger() if one.kind is RecordKind.DISCLOSURE]
    assert "Civ. Code 1798.90.55(b)" in record.reasons[0].clause
    assert "refused" in (await chambers("show", record.decision_id)).output
    assert (await chambers.house.audit()).sound


@pytest.mark.kafka
async def test_an_order_beside_the_gate_is_found_and_so_is_one_that_is_gone(chambers: Chambers) -> None:
    assert (await chambers.submit(await chambers.signed())).exit_code == 0
    (order,) = await chambers.orders()
    beside = encode_disclosure_order(replace(order, recipient="somebody else"))
    topic = chambers.house.topics.disclosures.name
    await chambers.house.put(topic, beside, 0)
    found = await asyncio.to_thread(chambers.gate, "ledger", "reconcile")
    assert (found.exit_code, f"topic {topic}, partition 0, offset" in found.output) == (4, True), found
    assert "what went out is not what its record says" in found.output
    await chambers.house.forget(topic)
    found = await asyncio.to_thread(chambers.gate, "ledger", "reconcile")
    assert "a record says forward and nothing went out" in found.output


@pytest.mark.kafka
async def test_a_sharing_request_for_legal_process_is_held_and_told_the_way(chambers: Chambers) -> None:
    base = next(each.request for each in chambers.house.day().requests(400) if each.story == "search")
    asked = replace(base, kind=RequestKind.LEGAL_DISCLOSURE, request_id=RequestId("by-request"))
    await chambers.house.send([chambers.house.sealed(asked)])
    await chambers.house.decided()
    (raw,) = await chambers.house.read(chambers.house.topics.answers.name)
    answer = decode_answer(raw.value)
    assert answer.verdict is Verdict.HOLD
    assert "signed by counsel" in answer.explanation
    assert await chambers.orders() == []


def _runner(settings: Settings, folder: Path) -> Chambers:
    return Chambers(house=None, gate=gate_on(settings), folder=folder)  # type: ignore[arg-type]  # no broker


async def test_a_draft_that_is_not_filled_in_is_not_signed(settings: Settings, tmp_path: Path) -> None:
    chambers = _runner(settings, tmp_path)
    (tmp_path / "w.pdf").write_bytes(DOCUMENT)
    write_signing_key(OKAFOR, tmp_path / "own.key")
    words = ("draft", str(tmp_path / "w.yaml"), "--kind", "subpoena", "--document", str(tmp_path / "w.pdf"))
    assert (await chambers(*words)).exit_code == 0
    assert (await chambers(*words)).exit_code == 2
    signed = await chambers("sign", str(tmp_path / "w.yaml"), "--key", str(tmp_path / "own.key"))
    assert (signed.exit_code, signed.output) == (2, "")
    assert "authority.issuer: expected" in signed.error
    assert "window_to: expected" in signed.error


async def test_what_is_no_signed_disclosure_is_not_sent(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("a letter\n\n— d.okafor AAAAAAA=\n", encoding="utf-8")
    sent = await _runner(settings, tmp_path)("submit", str(tmp_path / "note"))
    assert (sent.exit_code, "expected a signed disclosure" in sent.error) == (2, True), sent
