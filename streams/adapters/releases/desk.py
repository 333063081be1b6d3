"""The desk: each step of carrying out a release is checked, put on record, and only then done.

One at a time: that an order is carried out once is known from the chain, and two at once would not see each
other. The chain has one writer, so a second desk fences the first.
"""

import asyncio
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from streams.adapters.releases.images import Images
from streams.adapters.releases.proof import digest_of, proof_of
from streams.books.replica import BooksReplica
from streams.books.state import BooksState
from streams.chains.log import ChainLog
from streams.clock import Clock
from streams.codecs.alert import encode_alert
from streams.codecs.event_headers import event_headers, first_headers
from streams.codecs.release import decode_release
from streams.codecs.vault import Vault
from streams.errors import BooksNotCurrentError
from streams.kafka.partitioner import partition_of
from streams.kafka.stage import Outbox
from streams.ledger.open_orders import OpenOrders
from streams.ledger.release_action import ReleaseAct, ReleaseAction
from streams.ledger.sealed import Sealed
from streams.policy.alerts import act_alert
from streams.policy.carrying_out import bar_to_image, bar_to_order, read_in
from streams.policy.decision import Reason
from streams.policy.digest import derived_id
from streams.policy.reasons import refuse
from streams.policy.release import Release
from streams.policy.vocabulary import AgreementId, DecisionId, EntityId, ReasonCode
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A release as it was shown at the desk: its bytes read, their digest, and who showed them."""

    release: Release
    digest: str
    by: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What went, as who carried the order out says: how many reads, and the SHA-256 of them in hex."""

    decision_id: DecisionId
    count: int
    digest: str
    by: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Whose image is wanted: of which read, and by which person."""

    read_id: str
    user: str


class ReleaseDesk:
    """Redeems orders, takes receipts and hands out images; what it refuses is on record, and alerts."""

    def __init__(
        self,
        settings: Settings,
        replica: BooksReplica,
        log: ChainLog[ReleaseAction],
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._replica = replica
        self._log = log
        self._vault = vault
        self._clock = clock
        self._images = None if settings.images is None else Images(settings.images)
        self._one_at_a_time = asyncio.Lock()
        self.orders = OpenOrders(log.acts)

    def shown(self, value: bytes, by: EntityId) -> Shown:
        """Return the release that the bytes hold, or raise CodecError."""
        return Shown(release=decode_release(value), digest=digest_of(value), by=by)

    async def redeem(self, shown: Shown) -> Release | Reason:
        """Put on record that the agency's system begins to carry out the order, and return it; or why not.

        Raises:
            BooksNotCurrentError: nobody can tell now whether the agreement stands; try again.
            UnavailableError, FencedError: it could not be put on record, so it is not begun.
        """
        async with self._one_at_a_time:
            now = self._clock.now()
            if not await self._is_proven(shown):
                return await self._refuse_unknown(shown, now)
            reason = self._not_the_agency(shown.by)
            if reason is None and self.orders.begun(shown.release.decision_id) is not None:
                reason = _refused("the order was begun before, and is carried out once")
            reason = reason or bar_to_order(shown.release, self._replica.books, now)
            if reason is not None:
                return await self._refuse(shown, reason, now)
            due = now + timedelta(hours=self._settings.receipt_hours)
            await self._add(replace(self._act(ReleaseAct.REDEEM, shown, now), receipt_due=due))
            return shown.release

    async def close(self, receipt: Receipt) -> Reason | None:
        """Put a receipt on record, or return why it is none; the same receipt again changes nothing."""
        async with self._one_at_a_time:
            begun = self.orders.begun(receipt.decision_id)
            if begun is None or begun.by != receipt.by:
                return _refused("no order of that decision was begun by you")
            known = self.orders.receipt(receipt.decision_id)
            if known is not None:
                is_same = (known.count, known.digest) == (receipt.count, receipt.digest)
                return None if is_same else _refused("another receipt is on record; tell the records officer")
            given = replace(begun, act=ReleaseAct.RECEIPT, at=self._clock.now())
            await self._add(replace(given, count=receipt.count, digest=receipt.digest))
            return None

    async def fetch(self, shown: Shown, wanted: Fetch) -> bytes | Reason:
        """Put on record that a recipient gets the image of a read, and return it; or why not.

        Raises:
            BooksNotCurrentError: nobody can tell now whether the agreement stands; try again.
            InputError: the image cannot be read, or the vault has no key for this month.
            UnavailableError, FencedError: it could not be put on record, so it is not handed out.
        """
        async with self._one_at_a_time:
            now = self._clock.now()
            if not await self._is_proven(shown):
                return await self._refuse_unknown(shown, now)
            reason = _of_another(shown) or bar_to_image(
                shown.release, wanted.read_id, self._replica.books, now
            )
            if reason is not None:
                return await self._refuse(shown, reason, now)
            image = await self._image_of(shown.release, wanted.read_id)
            if image is None:
                return refuse(ReasonCode.ORDER_REFUSED, "read_id", "the image is not there any more")
            access = self._sealed(shown, wanted, now)
            fetched = self._act(ReleaseAct.FETCH, shown, now)
            await self._add(replace(fetched, digest=digest_of(image), access=access))
            return image

    async def tell_overdue(self) -> int:
        """Alert of each order whose receipt is overdue, once, and return how many there were."""
        async with self._one_at_a_time:
            now = self._clock.now()
            late = self.orders.overdue(now)
            for begun in late:
                message = f"no receipt of the order of decision `{begun.decision_id}` has come in time"
                reason = refuse(ReasonCode.RECEIPT_MISSING, "receipt", message)
                alert = self._alert(begun.decision_id, reason, now)
                await self._add(replace(begun, act=ReleaseAct.OVERDUE, at=now, message=message), alert)
            return len(late)

    async def _is_proven(self, shown: Shown) -> bool:
        """Tell whether the ledger knows the release; the books must be current to ask any further."""
        if self._replica.state is not BooksState.CURRENT:
            raise BooksNotCurrentError(f"the books are {self._replica.state}, not current; try again")
        return await proof_of(self._settings, shown.release, shown.digest) is not None

    def _not_the_agency(self, by: EntityId) -> Reason | None:
        policy = self._replica.books.policy()
        if policy is not None and by == policy.policy.agency.entity_id:
            return None
        return _refused("only the agency's own systems carry out orders")

    async def _image_of(self, release: Release, read_id: str) -> bytes | None:
        read = read_in(release, read_id)
        if self._images is None or read is None or read.image_reference is None:
            return None
        return await self._images.read(read.image_reference)

    def _sealed(self, shown: Shown, wanted: Fetch, now: datetime) -> Sealed:
        contents = orjson.dumps({"user": wanted.user, "read_id": wanted.read_id})
        return self._vault.sealer(now, os.urandom).seal(contents, shown.release.decision_id)

    async def _refuse(self, shown: Shown, reason: Reason, now: datetime) -> Reason:
        act = replace(self._act(ReleaseAct.REFUSE, shown, now), message=reason.message)
        await self._add(act, self._alert(act.decision_id, reason, now))
        return reason

    async def _refuse_unknown(self, shown: Shown, now: datetime) -> Reason:
        """Refuse what the ledger does not know; it may say anything, so only its digest stays on record."""
        reason = _refused("the ledger knows no such release")
        act = replace(
            self._act(ReleaseAct.REFUSE, shown, now),
            decision_id=DecisionId(derived_id(f"release\n{shown.digest}")),
            entity_id=shown.by,
            agreement_id=AgreementId(""),
            agreement_version=0,
            message=reason.message,
        )
        await self._add(act, self._alert(act.decision_id, reason, now))
        return reason

    def _act(self, act: ReleaseAct, shown: Shown, now: datetime) -> ReleaseAction:
        release = shown.release
        return ReleaseAction(
            act=act,
            at=now,
            by=shown.by,
            decision_id=release.decision_id,
            entity_id=release.entity_id,
            agreement_id=release.agreement_id,
            agreement_version=release.agreement_version,
            books_revision=self._replica.revision,
            release_digest=shown.digest,
            seq=0,
            prev_hash=b"",
        )

    def _alert(self, decision_id: DecisionId, reason: Reason, now: datetime) -> Outbox:
        topics = Topics.of(self._settings)
        alert = act_alert(decision_id, reason, now)
        place = (topics.alerts.name, partition_of(alert.alert_id, topics.partitions))
        headers = first_headers(event_headers("Alert", topics.release_actions.name, now), alert.alert_id)
        return {place: [(alert.alert_id.encode(), encode_alert(alert), headers)]}

    async def _add(self, act: ReleaseAction, beside: Outbox | None = None) -> None:
        self.orders.take(await self._log.add(act, beside=beside))


def _of_another(shown: Shown) -> Reason | None:
    if shown.by == shown.release.entity_id:
        return None
    return _refused("the release is for another recipient")


def _refused(message: str) -> Reason:
    return refuse(ReasonCode.ORDER_REFUSED, "release", message)
