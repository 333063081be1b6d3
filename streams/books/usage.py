"""Which agreements decisions name: read off the whole ledger, for commands."""

from streams.codecs.ledger_record import decode_ledger_record
from streams.kafka.admin import topic_names
from streams.kafka.tailing import tail_topic
from streams.policy.vocabulary import AgreementId
from streams.settings import Settings
from streams.topics import Topics


async def used_agreements(settings: Settings) -> frozenset[AgreementId] | None:
    """Return the agreements that a decision of the ledger names, whatever it decided; None without a ledger.

    Raises:
        CodecError: a record cannot be read; `alpr-gate ledger verify` says which.
        UnavailableError: no broker answers.
    """
    topic = Topics.of(settings).decisions.name
    if topic not in await topic_names(settings.bootstrap_servers):
        return None
    used = set()
    async for raw in tail_topic(settings, topic, begin="first", end="now"):
        used.add(decode_ledger_record(raw.value).agreement_id)
    return frozenset(one for one in used if one is not None)
