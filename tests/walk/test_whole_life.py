"""The whole process on a real broker: an agreement from its draft to its revocation, and what is published.

Each step is taken by whoever may take it: two custodians with signing keys, a reviewer, a partner agency over
HTTP. Beside them are the ways around it that somebody might try.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest

from streams.books.entries import encode_entry, key_of
from streams.cli.books_output import plain
from streams.codecs.signing_key import write_signing_key
from streams.examples import example_path
from streams.kafka.admin import ensure_topics
from streams.policy.agreement import Agreement
from streams.policy.entity import Entity
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import AgreementStatus, EntityClass, EntityId
from streams.settings import Settings
from tests.adapters.api.test_service import Agency, api, asked_by_recipient, body_of
from tests.books.custodians import ALICE, BOB
from tests.cli.books_runner import Ended, gate_on
from tests.gatehouse import Gatehouse, Raw, signed
from tests.workers import Worker, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
POLICY_TEXT = str(example_path("policy_text.yaml"))


@dataclass
class Walk:
    """A house whose books take signed changes alone, its people, and the partner that asks."""

    house: Gatehouse
    folder: Path
    worker: Worker
    request: SharingRequest
    revision: int = -1
    asked: int = 0

    @property
    def sender(self) -> EntityId:
        assert self.request.authenticated_as is not None
        return self.request.authenticated_as

    async def run(self, *words: str, stdin: str | None = None) -> Ended:
        return await asyncio.to_thread(gate_on(self.house.settings), *words, stdin=stdin)

    def key(self, name: str) -> tuple[str, str]:
        return "--key", str(self.folder / f"{name}.key")

    async def apply(self, kind: str, *entries: object, by: str = "alice") -> Ended:
        """Apply entries as one custodian does."""
        file = orjson.dumps({kind: [plain(each) for each in entries]}).decode()
        if kind == "policy":
            file = orjson.dumps(plain(entries[0])).decode()
        return await self.run(kind, "apply", "-", *self.key(by), "--reason", "the walk", stdin=file)

    async def agreed(self, kind: str, *entries: object) -> None:
        """Have one custodian propose and the other approve."""
        proposed = await self.apply(kind, *entries)
        assert "nothing is changed" in proposed.output, proposed
        await self.approved(proposed, by="bob")

    async def approved(self, proposed: Ended, by: str) -> None:
        ids = re.findall(r"\b[0-9a-f]{64}\b", proposed.output)
        ended = await self.run("books", "approve", *ids, *self.key(by))
        assert ended.exit_code == 0, ended.error
        self._note(ended)

    async def alone(self, kind: str, *entries: object) -> None:
        """Have one custodian make a change that needs nobody else."""
        ended = await self.apply(kind, *entries)
        assert (ended.exit_code, "nothing is changed" in ended.output) == (0, False), ended
        self._note(ended)

    def _note(self, ended: Ended) -> None:
        found = re.search(r"revision (\d+)", ended.output)
        assert found is not None, ended.output
        self.revision = int(found.group(1))

    async def ask(self, agency: Agency, **changes: object) -> dict[str, object]:
        """Have the partner ask, under the books as they are now, and return the first answer."""
        self.asked += 1
        name = f"walk-{self.asked}"
        later = replace(self.request, request_id=name, min_revision=self.revision, **changes)  # type: ignore[arg-type]
        status, told = await agency.ask(body_of(later))
        assert status == 202, told
        return (await agency.answers(name))[0]


@pytest.fixture
async def walk(settings: Settings, tmp_path: Path) -> AsyncIterator[Walk]:
    for key in (ALICE, BOB):
        write_signing_key(key, tmp_path / f"{key.name}.key")
    # The second custodian reviews as well.
    (tmp_path / "reviewers").write_text(f"{BOB.verifier}\n", encoding="utf-8")
    ours = signed(settings, tmp_path).model_copy(update={"reviewers": tmp_path / "reviewers"})
    house = Gatehouse(ours, tmp_path)
    try:
        copies = house.settings.replication_factor
        await ensure_topics(house.settings.bootstrap_servers, house.topics.fixed(), copies)
        books = house.region.books()
        request = next(
            each.request
            for each in asked_by_recipient(house)
            if books.agreements_of(each.request.authenticated_as or EntityId(""))
        )
        worker = await house.worker()
        walk = Walk(house=house, folder=tmp_path, worker=worker, request=request)
        await walk.agreed("policy", house.region.policy)
        await walk.agreed("entities", *house.region.entities())
        await worker.ready(partitions=2)
        yield walk
    finally:
        await house.close()


def codes(answer: dict[str, object]) -> list[str]:
    reasons = answer["reasons"]
    assert isinstance(reasons, list)
    return [reason["code"] for reason in reasons]


def agreement_of(walk: Walk) -> Agreement:
    return walk.house.region.books().agreements_of(walk.sender)[0]


def entity_of(walk: Walk) -> Entity:
    entity = walk.house.region.books().entity(walk.sender)
    assert entity is not None
    return entity


async def test_an_agreement_lives_from_its_draft_to_its_revocation(walk: Walk, tmp_path: Path) -> None:
    agreed = agreement_of(walk)

    def version(number: int, status: AgreementStatus) -> Agreement:
        return replace(agreed, version=number, status=status)

    async with api(walk.house, tmp_path, walk.sender) as (partner,):
        await walk.alone("agreements", version(1, AgreementStatus.DRAFT))
        assert codes(await walk.ask(partner)) == ["NO_AGREEMENT"]
        await walk.agreed("agreements", version(2, AgreementStatus.ACTIVE))
        assert (await walk.ask(partner))["verdict"] == "forward"
        await walk.alone("agreements", version(3, AgreementStatus.SUSPENDED))
        assert codes(await walk.ask(partner)) == ["AGREEMENT_SUSPENDED"]
        await walk.agreed("agreements", version(4, AgreementStatus.ACTIVE))
        assert (await walk.ask(partner))["verdict"] == "forward"

        held = await walk.ask(partner, reason_text="ICE detainer, homicide")
        assert (held["verdict"], codes(held)) == ("hold", ["REASON_NEEDS_REVIEW"])
        # Under a new id, in harmless words, it is still the same matter.
        again = await walk.ask(partner, reason_text="homicide of a night in May")
        assert (again["verdict"], codes(again)) == ("hold", ["FOLLOWS_HELD_REQUEST"])
        words = ("--clears", "REASON_NEEDS_REVIEW", "--reason", "the drug", "--timeout", "60")
        reviewed = await walk.run("review", "approve", str(held["decision_id"]), *words, *walk.key("bob"))
        assert (reviewed.exit_code, "forward" in reviewed.output) == (0, True), reviewed

        assert (await walk.house.audit()).forwards == 3
        over = ("--reason", "the contract is over", *walk.key("bob"), "--timeout", "60")
        revoked = await walk.run("agreements", "revoke", agreed.agreement_id, *over)
        assert (revoked.exit_code, "binds everywhere" in revoked.output) == (0, True), revoked
        assert codes(await walk.ask(partner)) == ["AGREEMENT_REVOKED"]

    await walk.house.decided()
    # What the partner had not fetched went with the agreement.
    assert (await walk.house.audit()).forwards == 0
    assert (await walk.run("ledger", "verify")).exit_code == 0
    published = await walk.run("publish", str(tmp_path / "public"), "--policy-text", POLICY_TEXT)
    assert published.exit_code == 0, published.error
    page = (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
    assert entity_of(walk).name in page
    assert str(walk.request.selector.plate) not in page
    assert walk.request.requested_by.user not in page


async def test_the_ways_around_it_end_nowhere_and_are_seen(walk: Walk, tmp_path: Path) -> None:
    agreed, entity = agreement_of(walk), entity_of(walk)
    await walk.agreed("agreements", agreed)
    narrowed = replace(agreed, version=agreed.version + 1, purposes=())
    await walk.alone("agreements", narrowed)

    # One's own proposal.
    wider = await walk.apply("agreements", replace(narrowed, version=narrowed.version + 1, live_feed=True))
    ids = re.findall(r"\b[0-9a-f]{64}\b", wider.output)
    own = await walk.run("books", "approve", *ids, *walk.key("alice"))
    assert (own.exit_code, "nobody is two" in own.error) == (2, True)
    # A relabelled entity waits for a second person; a name of another is taken from nobody.
    relabelled = await walk.apply("entities", replace(entity, entity_class=EntityClass.FEDERAL))
    assert "nothing is changed" in relabelled.output
    other = next(one for one in walk.house.region.entities() if one.entity_id != entity.entity_id)
    alias = await walk.apply("entities", replace(other, aliases=(*other.aliases, entity.name)))
    assert (alias.exit_code, "another entity of the books has" in alias.error) == (2, True)
    # Past the tools: a record that nobody has signed, and an old one once more.
    books = await walk.house.read(walk.house.topics.books.name)
    first = next(raw for raw in books if raw.key == key_of(agreed).encode())
    change = [raw for raw in books if (raw.key or b"").startswith(b"change/")][-2]
    forged = Raw(key_of(narrowed).encode(), encode_entry(replace(narrowed, version=9, live_feed=True)))
    await walk.house.put_in_books([forged, change, first])

    async def all_three_are_refused() -> bool:
        return await walk.worker.metric("alpr_gate_books_refused_records") == 3

    await eventually(all_three_are_refused)
    async with api(walk.house, tmp_path, walk.sender) as (partner,):
        # What stands is the narrower version, which is for no purpose.
        assert codes(await walk.ask(partner)) == ["PURPOSE_NOT_COVERED"]
