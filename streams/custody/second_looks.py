"""What left in haste and is to be looked at again, and the looks that are on record.

A look changes no decision, so it is no input of the gate: it stands in the chain of administrative acts,
under the signature of whoever looked.
"""

from collections.abc import Iterable

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.signers import load_signers
from streams.custody.action_log import open_actions, read_actions
from streams.custody.opening import agency_name
from streams.errors import CodecError, InputError, LedgerError
from streams.kafka.reader import PartitionReader
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.record import LedgerRecord
from streams.ledger.second_look import SecondLook, second_look_text
from streams.ledger.signed_note import Signer, note_by
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings
from streams.topics import Topics


def looked_at(actions: Iterable[AdminAction]) -> frozenset[DecisionId]:
    """Return the decisions that somebody has looked at again."""
    looks = (act.decision_id for act in actions if act.act is AdminAct.LOOK)
    return frozenset(decision_id for decision_id in looks if decision_id is not None)


async def read_due(settings: Settings) -> tuple[LedgerRecord, ...]:
    """Return what left in haste and nobody has looked at again, the earliest due first, however old.

    Raises:
        LedgerError: a record of the ledger cannot be read, or the chain of administrative acts is broken.
        UnavailableError: no broker answers.
    """
    # The ledger first: a look at what is read there may only come after it.
    records = await _hasty(settings)
    done = looked_at(await read_actions(settings))
    return tuple(
        sorted((one for one in records if one.decision_id not in done), key=lambda one: one.decided_at)
    )


async def _hasty(settings: Settings) -> list[LedgerRecord]:
    topics = Topics.of(settings)
    found: list[LedgerRecord] = []
    async with PartitionReader(settings) as reader:
        for number in range(topics.partitions):
            partition = TopicPartition(topics.decisions.name, number)
            first, end = await reader.bounds(partition)
            async for raw in reader.read(partition, first, end):
                try:
                    record = decode_ledger_record(raw.value)
                except CodecError as error:
                    raise LedgerError(f"{partition.topic}[{number}]@{raw.offset}: {error}") from error
                if record.review_due is not None:
                    found.append(record)
    return found


async def look_again(settings: Settings, key: Signer, look: SecondLook) -> AdminAction:
    """Put a second look on record, signed, and return the act.

    Raises:
        InputError: none is due of that decision, somebody has looked, or the key is none of a reviewer.
        LedgerError: the ledger or the chain of administrative acts cannot be read.
        BooksNotCurrentError: the books hold no policy, which names the agency.
        FencedError, UnavailableError: it could not be put on record.
    """
    if settings.reviewers is None or key.verifier not in load_signers(settings.reviewers, "reviewers"):
        raise InputError("the key is none of a reviewer: ALPR_GATE_REVIEWERS names the file with all of them")
    note = str(note_by(key, second_look_text(settings.ledger_origin, look)))
    organisation = await agency_name(settings)
    hasty = {record.decision_id for record in await _hasty(settings)}
    async with open_actions(settings) as chain:
        # Behind the fence: of two who look at once, one is told that it is done.
        if look.decision_id not in hasty - looked_at(chain.acts):
            raise InputError(
                f"no second look at `{look.decision_id}` is due; `alpr-gate review list --after-the-fact` "
                "shows all that are"
            )
        return await chain.add(
            AdminAction(
                act=AdminAct.LOOK,
                at=look.at,
                by=key.name,
                organisation=organisation,
                reason=look.reason,
                decision_id=look.decision_id,
                orders=(note,),
                seq=0,
                prev_hash=b"",
            )
        )
