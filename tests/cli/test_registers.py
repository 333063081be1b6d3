"""The registers of processors and users, by their commands, on a real broker; and what they do to a push."""

import asyncio
import json
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from streams.adapters.user_rows import COLUMNS
from streams.cli.books_output import plain
from streams.codecs.alert import decode_alert
from streams.codecs.release import decode_release
from streams.codecs.signing_key import write_signing_key
from streams.policy.request import SharingRequest
from streams.policy.user import user_name
from streams.policy.vocabulary import (
    EntityId,
    ProcessorStatus,
    ReasonCode,
    RequestId,
    UserId,
    UserStatus,
    Verdict,
)
from streams.settings import Settings
from streams.simulators.scenes import Scene, push
from tests.books.custodians import ALICE, BOB
from tests.books.samples import agreement, entity, policy, processor, user
from tests.cli.books_runner import Ended, Gate, gate_on
from tests.gatehouse import Gatehouse

pytestmark = pytest.mark.kafka
LACKING = replace(processor("tow-yard"), contract_reference=None, clause_reviewed=None)


def file_of(**entries: object) -> str:
    """Return a file with entries under the one key."""
    return orjson.dumps({key: [plain(one) for one in listed] for key, listed in entries.items()}).decode()  # type: ignore[attr-defined]  # tuples


def applied(gate: Gate, kind: str, *entries: object) -> Ended:
    """Apply entries; nothing may fail."""
    ended = gate(kind, "apply", "-", "--by", "tester", stdin=file_of(**{kind: entries}))
    assert ended.exit_code == 0, ended.error
    return ended


def with_policy(gate: Gate) -> None:
    ended = gate("policy", "apply", "-", stdin=orjson.dumps(plain(policy())).decode())
    assert ended.exit_code == 0, ended.error


def test_processors_are_applied_listed_and_checked(settings: Settings) -> None:
    gate = gate_on(settings)
    told = applied(gate, "processors", processor(), LACKING)
    assert "processor/cloud-host" in told.output
    assert "hosting active" in told.output
    listed = gate("processors", "list", "--json").output
    assert json.loads(listed) == json.loads(file_of(processors=(processor(), LACKING)))
    assert "0 changed, 2 unchanged" in gate("processors", "apply", "-", stdin=listed).output
    assert "tow-yard" in gate("processors", "list").output
    checked = gate("processors", "lint", "--within", "0")
    assert checked.exit_code == 2
    assert checked.output.splitlines() == [
        "error: tow-yard: contract_missing: no contract is on record [contract_reference]",
        "error: tow-yard: review_missing: no review of the clause is on record [clause_reviewed]",
        "2 processors checked: 2 errors, 0 warnings",
    ]
    applied(gate, "processors", replace(LACKING, status=ProcessorStatus.ENDED))
    sound = gate("processors", "lint", "--within", "0", "--json")
    assert (sound.exit_code, json.loads(sound.output)) == (0, {"findings": []})


def test_a_recipient_on_the_register_is_told(settings: Settings) -> None:
    gate = gate_on(settings)
    applied(gate, "entities", entity("cloud-host"))
    applied(gate, "agreements", agreement(entity_id="cloud-host"))
    applied(gate, "processors", processor())
    checked = gate("processors", "lint", "--within", "0")
    assert "error: cloud-host: also_recipient: it is an entity with an agreement as well" in checked.output
    again = file_of(agreements=(agreement(entity_id="cloud-host", version=2),))
    refused = gate("agreements", "apply", "-", stdin=again)
    assert (refused.exit_code, "RECIPIENT_PRIVATE" in refused.error) == (3, True)
    checked = gate("agreements", "lint")
    assert "unlawful" in checked.output


def test_users_are_applied_from_yaml_and_csv_listed_and_checked(settings: Settings, tmp_path: Path) -> None:
    gate = gate_on(settings)
    refused = gate("users", "apply", "-", stdin=file_of(users=(user(),)))
    assert (refused.exit_code, "hold no policy" in refused.error) == (2, True)
    with_policy(gate)
    told = applied(gate, "users", user())
    assert "N41733 active" in told.output
    assert f"user/{user_name(policy().agency.entity_id, 'N41733')}" in told.output.replace("\n", "")
    listed = gate("users", "list", "--json").output
    assert json.loads(listed) == json.loads(file_of(users=(user(),)))
    assert "0 changed, 1 unchanged" in gate("users", "apply", "-", stdin=listed).output

    accounts = tmp_path / "accounts.CSV"
    accounts.write_text(
        f"{','.join(COLUMNS)}\n"
        "N41733,us-ca-lapd,suspended,lt. supervisor,2026-01-05,,2026-01-10,,2026-11-02\n"
        "N52008,us-ca-lapd,active,,,,,,\n",
        encoding="utf-8",
    )
    told = gate("users", "apply", str(accounts), "--by", "tester")
    assert (told.exit_code, "N41733 suspended" in told.output) == (0, True), told.error
    table = gate("users", "list").output
    assert "N52008" in table
    assert "untrained" in table.replace("\n", " ")
    checked = gate("users", "lint", "--within", "30")
    assert checked.exit_code == 2
    told_of = [line.split(": ")[:3] for line in checked.output.splitlines()]
    assert told_of == [
        ["error", "N52008", "not_authorised"],
        ["error", "N52008", "not_trained"],
        ["error", "N52008", "reorientation_overdue"],
        ["2 users checked", "3 errors, 0 warnings"],
    ]
    theirs = replace(user(), entity_id=EntityId("burbank"))
    refused = gate("users", "apply", "-", stdin=file_of(users=(theirs,)))
    assert (refused.exit_code, "users of `burbank` have no place here" in refused.error) == (2, True)


async def test_what_cannot_be_read_is_told(house: Gatehouse) -> None:
    gate = gate_on(house.settings)
    for key in (b"user/spoilt", b"processor/spoilt"):
        await house.put(house.topics.books.name, b"?", 0, key)
    for kind, means in (("users", "pushes of that user are blocked"), ("processors", "nobody knows")):
        checked = await asyncio.to_thread(gate, kind, "lint")
        assert checked.exit_code == 2
        assert "spoilt: unreadable: it cannot be read" in checked.output
        assert means in checked.output


def test_a_user_takes_two_custodians_and_a_suspension_one(settings: Settings, tmp_path: Path) -> None:
    custodians = tmp_path / "custodians"
    custodians.write_text(f"{ALICE.verifier}\n{BOB.verifier}\n")
    for key in (ALICE, BOB):
        write_signing_key(key, tmp_path / f"{key.name}.key")
    gate = gate_on(settings.model_copy(update={"custodians": custodians}))

    def by(name: str, *command: str, stdin: str | None = None) -> str:
        why = () if command[:2] == ("books", "approve") else ("--reason", "a test")
        ended = gate(*command, *why, "--key", str(tmp_path / f"{name}.key"), stdin=stdin)
        assert ended.exit_code == 0, ended.error
        return ended.output

    def approve(told: str) -> None:
        (line,) = [line for line in told.splitlines() if "books approve" in line]
        by("bob", "books", "approve", *(word for word in line.split() if len(word) == 64))

    def on_the_books() -> list[str]:
        listed = json.loads(gate("users", "list", "--json").output)["users"]
        return [f"{one['user_id']} {one['status']}" for one in listed]

    approve(by("alice", "policy", "apply", "-", stdin=orjson.dumps(plain(policy())).decode()))
    told = by("alice", "users", "apply", "-", stdin=file_of(users=(user(),)))
    assert on_the_books() == []
    (proposal,) = json.loads(gate("books", "proposals", "--json").output)["proposals"]
    shown = gate("books", "show", proposal["proposal"]).output
    assert "N41733" in shown
    assert "everything" in shown.replace("\n", "")
    approve(told)
    assert on_the_books() == ["N41733 active"]
    suspended = replace(user(), status=UserStatus.SUSPENDED)
    by("alice", "users", "apply", "-", stdin=file_of(users=(suspended,)))
    assert on_the_books() == ["N41733 suspended"]
    by("alice", "users", "apply", "-", stdin=file_of(users=(user(),)))
    assert on_the_books() == ["N41733 suspended"]


async def test_a_push_goes_out_only_while_its_user_is_in_order(
    house: Gatehouse,
) -> None:
    gate, region = gate_on(house.settings), house.region
    now = house.clock.now()
    scene = Scene(
        rng=random.Random(1), region=region, number=5, run="registers", asked=now, now=now  # noqa: S311  # must repeat
    )  # fmt: skip
    pushed = push(scene)
    stranger = replace(pushed.requested_by, user="detective-new")
    newcomer = replace(region.users[5], user_id=UserId("detective-new"), last_active_at=None)
    ready = replace(newcomer, reoriented_at=now - timedelta(days=1))

    def asking(number: int) -> SharingRequest:
        return house.sealed(
            replace(
                pushed,
                request_id=RequestId(f"push-{number}"),
                requested_by=stranger,
                requested_at=house.clock.now(),
            )
        )

    async def verdict(number: int) -> tuple[Verdict, list[ReasonCode]]:
        (place,) = await house.send([asking(number)])
        await house.decided()
        (record,) = (await house.by_place())[place]
        return record.verdict, [reason.code for reason in record.reasons]

    async def apply(*users: object) -> None:
        await asyncio.to_thread(applied, gate, "users", *users)

    blocked = Verdict.BLOCK, [ReasonCode.USER_NOT_AUTHORISED]
    worker = await (await house.worker()).ready(partitions=2)
    assert await verdict(1) == blocked
    await apply(newcomer)
    assert await verdict(2) == blocked
    await apply(ready)
    assert await verdict(3) == (Verdict.FORWARD, [])
    await apply(replace(ready, status=UserStatus.SUSPENDED))
    assert await verdict(4) == blocked

    recipient = region.books().recipient(pushed.recipient_name)
    assert recipient is not None
    released = await house.read(house.topics.out(recipient.entity_id).name)
    assert [decode_release(raw.value).request_id for raw in released] == ["push-3"]
    alerts = [decode_alert(raw.value) for raw in await house.read(house.topics.alerts.name)]
    told = [alert for alert in alerts if alert.kind == ReasonCode.USER_NOT_AUTHORISED]
    assert len(told) == 3
    assert "detective-new" not in "".join(map(str, alerts))
    assert "detective-new" not in worker.said

    # Nobody receives under the id of a processor, whatever else stands on the books.
    await apply(ready)
    await asyncio.to_thread(applied, gate, "processors", processor(recipient.entity_id))
    assert await verdict(5) == (Verdict.BLOCK, [ReasonCode.RECIPIENT_PRIVATE])
    assert (await house.audit()).sound
