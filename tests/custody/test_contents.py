"""Opening and shredding what a real gate has sealed on a real broker."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from streams.books.evidence_plan import planned_evidence_holds, planned_release
from streams.codecs.access import open_access
from streams.codecs.signing_key import SigningKey, new_signing_key, write_signing_key
from streams.codecs.vault import destroy_key, key_file, open_vault
from streams.custody.action_log import read_actions
from streams.custody.shredding import Shredding, shred
from streams.errors import InputError, LedgerError
from streams.gate.recovery import recovered
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.record import LedgerRecord
from streams.ledger.sealed import month_of
from streams.ledger.shred_order import shred_order
from streams.ledger.signed_note import SignedNote
from tests.cli.books_runner import Gate, gate_on
from tests.gatehouse import Gatehouse, Raw
from tests.policy.building import an_evidence_hold

pytestmark = pytest.mark.kafka

SIX_YEARS = timedelta(days=6 * 366)
SIGNERS = tuple(new_signing_key(name, bytes((seed,)) * 32) for name, seed in (("custodian", 1), ("clerk", 2)))


@pytest.fixture
async def filled(house: Gatehouse) -> Gatehouse:
    """A house whose gate has decided some requests, set some bytes aside, and ended."""
    worker = await (await house.worker()).ready(partitions=2)
    await house.send(each.request for each in house.day().requests(120))
    await house.put(house.topics.requests.name, b"no request", 0)
    await house.decided()
    await worker.kill()
    return house


def vault_of(house: Gatehouse) -> Path:
    assert house.settings.vault is not None
    return house.settings.vault


async def sealed_records(house: Gatehouse) -> list[LedgerRecord]:
    return [record for record in await house.ledger() if record.sealed_access is not None]


def month_of_records(house: Gatehouse) -> str:
    return month_of(house.now)


async def ordered(house: Gatehouse, now: datetime) -> AdminAction:
    """Order the month's key to be destroyed, as seen at an instant."""
    order = shred_order(house.settings.ledger_origin, month_of_records(house), "retention has ended")
    notes = tuple(str(SignedNote(text=str(order), signatures=(key.sign(str(order)),))) for key in SIGNERS)
    shredding = Shredding(order=order, notes=notes, by="m.castro")
    return await shred(house.settings, vault_of(house), shredding, now)


async def test_who_opens_a_record_sees_it_and_is_on_record(filled: Gatehouse) -> None:
    gate: Gate = gate_on(filled.settings)
    record = (await sealed_records(filled))[-1]
    arguments = ("ledger", "open", record.decision_id, "--by", "m.castro", "--reason", "complaint 26-118")
    told = await asyncio.to_thread(gate, *arguments)
    assert told.exit_code == 0, told
    shown = json.loads(told.output)
    access = open_access(record, open_vault(vault_of(filled)))
    assert shown["access"]["user"] == access.user
    assert shown["access"]["data_elements"] == list(access.data_elements)
    (act,) = await read_actions(filled.settings)
    assert (act.act, act.decision_id, act.by) == (AdminAct.OPEN, record.decision_id, "m.castro")
    assert (act.reason, act.organisation) == ("complaint 26-118", filled.region.policy.agency.name)
    listed = await asyncio.to_thread(gate, "ledger", "actions", "--json")
    assert json.loads(listed.output)["by"] == "m.castro"
    table = await asyncio.to_thread(gate, "ledger", "actions")
    assert "1 acts, their chain is whole" in table.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nobody-knows-it", "--reason", "why"), "there is no access record `nobody-knows-it`"),
        (("{id}", "--reason", " "), "expected who opens the record, and why"),
        (("{id}", "--reason", "why", "--by", ""), "expected who opens the record, and why"),
    ],
)
async def test_what_cannot_be_put_on_record_is_not_shown(
    filled: Gatehouse, arguments: tuple[str, ...], told: str
) -> None:
    decision_id = (await sealed_records(filled))[0].decision_id
    given = (argument.replace("{id}", decision_id) for argument in arguments)
    result = await asyncio.to_thread(gate_on(filled.settings), "ledger", "open", *given)
    assert result.exit_code == 2
    assert told in result.error
    assert "data_elements" not in result.output
    assert await read_actions(filled.settings) == ()


async def test_no_access_record_or_another_vault_opens_nothing(filled: Gatehouse, tmp_path: Path) -> None:
    gate = gate_on(filled.settings)
    genesis = next(record for record in await filled.ledger() if record.sealed_access is None)
    result = await asyncio.to_thread(gate, "ledger", "open", genesis.decision_id, "--reason", "why")
    assert "there is no access record" in result.error
    other = gate_on(filled.settings.model_copy(update={"vault": tmp_path / "other"}))
    made = await asyncio.to_thread(other, "ledger", "vault", str(tmp_path / "other"), "--months", "2")
    assert made.exit_code == 0, made
    decision_id = (await sealed_records(filled))[0].decision_id
    result = await asyncio.to_thread(other, "ledger", "open", decision_id, "--reason", "why")
    assert (result.exit_code, "need the same vault" in result.error) == (2, True)
    assert await read_actions(filled.settings) == ()


async def test_a_worker_with_another_vault_ends_before_it_decides(filled: Gatehouse, tmp_path: Path) -> None:
    made = await asyncio.to_thread(gate_on(filled.settings), "ledger", "vault", str(tmp_path / "other"))
    assert made.exit_code == 0, made
    before = len(await filled.ledger())
    worker = await filled.worker("worker-2", vault=tmp_path / "other")
    await filled.send(each.request for each in filled.day(2).requests(5))
    assert await worker.ended() == InputError.exit_code
    assert "need the same vault" in worker.last_words
    assert len(await filled.ledger()) == before


async def test_nothing_is_shredded_while_it_is_retained(filled: Gatehouse) -> None:
    with pytest.raises(InputError, match="its records are retained until"):
        await ordered(filled, filled.now + timedelta(days=5 * 365))
    assert open_vault(vault_of(filled)).has(month_of_records(filled))


async def test_a_month_is_shredded_once_nothing_of_it_is_left_in_plain(filled: Gatehouse) -> None:
    later = filled.now + SIX_YEARS
    with pytest.raises(InputError, match="still holds requests of that month") as refused:
        await ordered(filled, later)
    assert "a plain copy is left in" in str(refused.value)

    for topic in (filled.topics.requests.name, filled.topics.dead_letters.name, *await filled.out_topics()):
        await filled.forget(topic)
    with pytest.raises(InputError, match="has an open hold of that month"):
        await ordered(filled, later)

    await lift_holds(filled)
    # Of other plates too: a record that names reads by their ids may be about any plate.
    hold = replace(
        an_evidence_hold(),
        approved_at=filled.now - timedelta(days=9),
        reverify_due=filled.now + timedelta(days=9),
        window_from=filled.now - timedelta(days=99),
        window_to=filled.now,
    )
    await filled.change(planned_evidence_holds((hold,)))
    with pytest.raises(InputError, match=f"evidence hold `{hold.hold_id}` is about reads from before"):
        await ordered(filled, later)
    assert await read_actions(filled.settings) == ()
    await filled.change(planned_release(hold.hold_id))
    assert (await ordered(filled, later)).act is AdminAct.SHRED


async def test_a_hold_that_nobody_can_read_keeps_everything(filled: Gatehouse) -> None:
    await leave_nothing_in_plain(filled)
    await filled.put_in_books([Raw(b"evidence-hold/broken", b"no hold")])
    with pytest.raises(InputError, match="`broken` cannot be read, so it may be about anything"):
        await ordered(filled, filled.now + SIX_YEARS)


async def test_a_hold_that_comes_after_a_broken_off_run_is_asked_too(filled: Gatehouse) -> None:
    await leave_nothing_in_plain(filled)
    path = key_file(vault_of(filled), month_of_records(filled))
    key = path.read_bytes()
    await ordered(filled, filled.now + SIX_YEARS)
    path.write_bytes(key)
    path.chmod(0o600)
    await filled.put_in_books([Raw(b"evidence-hold/broken", b"no hold")])
    with pytest.raises(InputError, match="`broken` cannot be read"):
        await ordered(filled, filled.now + SIX_YEARS)
    assert path.read_bytes() == key


async def test_a_part_of_the_ledger_is_never_taken_for_the_whole(filled: Gatehouse) -> None:
    await leave_nothing_in_plain(filled)
    filled.settings = filled.settings.model_copy(update={"partitions": 1})
    with pytest.raises(LedgerError, match="the ledger has 2 partitions and ALPR_GATE_PARTITIONS says 1"):
        await ordered(filled, filled.now + SIX_YEARS)
    told = await asyncio.to_thread(gate_on(filled.settings), "ledger", "open", "d-1", "--reason", "why")
    assert (told.exit_code, "the ledger has 2 partitions" in told.error) == (4, True)


async def test_a_partition_recovers_although_the_key_of_a_lifted_hold_is_gone(filled: Gatehouse) -> None:
    assert [raw for raw in await filled.read(filled.topics.holds.name) if raw.value is not None]
    await lift_holds(filled)
    destroy_key(vault_of(filled), month_of_records(filled))
    for number in range(filled.settings.partitions):
        state = await recovered(number, filled.settings, open_vault(vault_of(filled)))
        assert len(state.holds) == 0


async def test_after_shredding_nothing_opens_and_every_proof_holds(filled: Gatehouse, tmp_path: Path) -> None:
    gate = gate_on(filled.settings)
    made = await asyncio.to_thread(gate, "ledger", "key", str(tmp_path / "ledger.key"))
    verifier = made.output.strip()
    key = str(tmp_path / "ledger.key")
    signed = await asyncio.to_thread(gate, "ledger", "sign", "--once", "--key", key)
    assert signed.exit_code == 0, signed
    await leave_nothing_in_plain(filled)
    act = await ordered(filled, filled.now + SIX_YEARS)
    assert (act.act, act.by, len(act.orders)) == (AdminAct.SHRED, "m.castro", 2)
    assert not key_file(vault_of(filled), month_of_records(filled)).exists()
    assert await read_actions(filled.settings) == (act,)

    decision_id = (await sealed_records(filled))[0].decision_id
    opened = await asyncio.to_thread(gate, "ledger", "open", decision_id, "--reason", "why")
    assert opened.exit_code == 2
    assert "one that was destroyed does not come back" in opened.error
    for report in (await filled.audit()).chains:
        assert report.problem is None
    proof = await asyncio.to_thread(gate, "ledger", "prove", decision_id, "--verifier", verifier)
    (tmp_path / "proof").write_text(proof.output)
    checked = await asyncio.to_thread(
        gate, "ledger", "check", str(tmp_path / "proof"), "--verifier", verifier
    )
    assert checked.exit_code == 0, checked
    trees = await asyncio.to_thread(gate, "ledger", "verify", "--verifier", verifier, "--json")
    assert json.loads(trees.output)["trees"]["problems"] == []


async def test_a_run_that_broke_off_behind_the_record_is_taken_up_again(filled: Gatehouse) -> None:
    await leave_nothing_in_plain(filled)
    path = key_file(vault_of(filled), month_of_records(filled))
    key = path.read_bytes()
    first = await ordered(filled, filled.now + SIX_YEARS)
    path.write_bytes(key)
    path.chmod(0o600)
    assert await ordered(filled, filled.now + SIX_YEARS) == first
    assert not path.exists()
    assert await read_actions(filled.settings) == (first,)


async def test_two_people_sign_and_the_command_says_what_speaks_against(
    filled: Gatehouse, tmp_path: Path
) -> None:
    gate, month = gate_on(filled.settings), month_of_records(filled)
    orders = [await signed_order(gate, key, month, tmp_path) for key in SIGNERS]
    known = [part for key in SIGNERS for part in ("--signer", str(key.verifier))]
    told = await asyncio.to_thread(gate, "ledger", "shred", *orders, *known)
    assert told.exit_code == 2
    assert f"{month} cannot be shredded: its records are retained until" in told.error
    alone = await asyncio.to_thread(gate, "ledger", "shred", orders[0], *known)
    assert "expected the signatures of 2 people, got `custodian`" in alone.error


async def signed_order(gate: Gate, key: SigningKey, month: str, folder: Path) -> str:
    write_signing_key(key, folder / f"{key.name}.key")
    arguments = ("--key", str(folder / f"{key.name}.key"), "--reason", "retention has ended")
    told = await asyncio.to_thread(gate, "ledger", "order-shred", month, *arguments)
    assert told.exit_code == 0, told
    (folder / f"{key.name}.order").write_text(told.output)
    return str(folder / f"{key.name}.order")


async def leave_nothing_in_plain(house: Gatehouse) -> None:
    """Leave what is left after years: plain records were deleted by age, and no hold is open."""
    for topic in (house.topics.requests.name, house.topics.dead_letters.name, *await house.out_topics()):
        await house.forget(topic)
    await lift_holds(house)


async def lift_holds(house: Gatehouse) -> None:
    """Write the tombstones that a gate writes when holds end."""
    for raw in await house.read(house.topics.holds.name):
        for number in range(house.settings.partitions):
            await house.put(house.topics.holds.name, None, number, raw.key)
