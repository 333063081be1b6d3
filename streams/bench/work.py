"""The work that every contender does with a request, from its bytes to what is written for it.

It is the gate's own: decode, check the seal, decide, and encode the ledger's record with its hash, the
release or the alerts, and the answer. What only the gate does beside it (repeats, supplements, holds that
expire, metrics, the look at the books before each commit) is left to the gate.
"""

import os
from datetime import datetime

from streams.bench.world import World
from streams.codecs.keyring import Keyring
from streams.codecs.vault import Vault
from streams.gate.arrival import request_arrival_of
from streams.gate.case import Case
from streams.gate.changes import Changes
from streams.gate.context import Context, Keys
from streams.gate.journal import Journal
from streams.gate.memory import Memory
from streams.gate.partition_state import PartitionState
from streams.kafka.stage import Outbox
from streams.ledger.sealed import KEY_SIZE
from streams.policy.decide import decide
from streams.policy.holds import open_hold
from streams.policy.policy_in_force import put_in_force
from streams.policy.vocabulary import RecordKind, Verdict
from streams.topics import Topics


class Work:
    """The work on one partition, in the order of its offsets; all of it is decided as of `now`.

    `take` requests, then `drain` what they lead to: once for each request, or once for a batch.
    """

    def __init__(self, world: World, keyring: Keyring, topics: Topics, now: datetime) -> None:
        # A key that nobody keeps: no contender ever opens what it sealed.
        vault = Vault(lambda _: os.urandom(KEY_SIZE))
        self._context = Context(
            worker="contender",
            topics=topics,
            keys=Keys(intake=keyring.intake_keys, pseudonym=keyring.pseudonym_key, vault=vault),
            books=world.books(),
            policy=put_in_force(world.region.policy),
            revision=0,
            now=now,
            sealer=vault.sealer(now, os.urandom),
        )
        self._changes = Changes(PartitionState(partition=0, partition_count=1, memory=Memory(1)))
        self._journal = self._new_journal()
        self._journal.genesis()

    def _new_journal(self) -> Journal:
        return Journal(0, self._context, self._changes)

    def take(self, offset: int, value: bytes | None) -> None:
        """Decide one request.

        Raises:
            CodecError: the bytes are no request; traffic of a benchmark has none of that kind.
        """
        context = self._context
        arrival = request_arrival_of(value, context.keys, context.topics.partitions)
        request = arrival.request
        decision = decide(request, context.books, context.policy, context.now, arrival.identity)
        case = Case(RecordKind.DECISION, request, decision, offset)
        held = decision.verdict is Verdict.HOLD
        hold = open_hold(request, decision, context.policy, context.now) if held else None
        self._journal.settle(case, hold)

    def drain(self) -> Outbox:
        """Return what is to be written for all that was taken since the last time."""
        outbox = self._journal.outbox
        self._journal = self._new_journal()
        return outbox
