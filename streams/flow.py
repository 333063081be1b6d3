"""The map: one row per stage, with the topics that it reads and writes.

Data only. `alpr-gate flow` draws it and a test keeps it true: every topic stands here, and every topic that
is read is written by somebody.

It shows at a glance who could learn what. Nothing runs by it: a stage that read another topic than its row
says would not be stopped here but by the broker's access rules.
"""

from dataclasses import dataclass
from enum import StrEnum

from streams.policy.vocabulary import EntityId
from streams.topics import Topics

# The names alone are of interest here, and they do not depend on the number of partitions.
_NAMED = Topics("", 1)
_OUT = _NAMED.out(EntityId("<entity_id>")).name


class StageKind(StrEnum):
    """What runs a stage: a Faust agent in the worker, a command, or somebody outside."""

    AGENT = "agent"
    TOOL = "tool"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage: its name, what it does in one clause, and the full names of its topics.

    The names are those of a deployment without a prefix; `<entity_id>` stands for any recipient.
    """

    name: str
    kind: StageKind
    does: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


STAGES = (
    Stage(
        name="intake",
        kind=StageKind.TOOL,
        does="authenticates the sender, seals the request",
        writes=(_NAMED.requests.name,),
    ),
    Stage(
        name="api",
        kind=StageKind.TOOL,
        does="an intake for agencies over HTTP: knows them by token, hands out their own answers",
        reads=(_NAMED.answers.name,),
        writes=(_NAMED.requests.name,),
    ),
    Stage(
        name="read intake",
        kind=StageKind.TOOL,
        does="takes reads from vendors, keeps them until Kafka has them, writes each once",
        reads=(_NAMED.reads.name,),
        writes=(_NAMED.reads.name, _NAMED.dead_letters.name),
    ),
    Stage(
        name="query import",
        kind=StageKind.TOOL,
        does="reads vendors' exports of searches, and sends each search",
        writes=(_NAMED.queries.name,),
    ),
    Stage(
        name="drift",
        kind=StageKind.AGENT,
        does="judges each share that a vendor opens by the books, and alerts",
        reads=(_NAMED.share_changes.name,),
        writes=(_NAMED.alerts.name, _NAMED.dead_letters.name),
    ),
    Stage(
        name="vendor watch",
        kind=StageKind.TOOL,
        does="sets what vendors list as open against the books, and keeps a record of what was",
        reads=(_NAMED.books.name, _NAMED.share_changes.name),
        writes=(_NAMED.share_changes.name,),
    ),
    Stage(
        name="custodian",
        kind=StageKind.TOOL,
        does="applies and revokes agreements, entities and policy",
        reads=(_NAMED.books.name, _NAMED.books_acks.name),
        writes=(_NAMED.books_events.name, _NAMED.books.name),
    ),
    Stage(
        name="books owner",
        kind=StageKind.TOOL,
        does="signs where the books stand, so that what is missing is noticed",
        reads=(_NAMED.books.name,),
        writes=(_NAMED.books.name,),
    ),
    Stage(
        name="books",
        kind=StageKind.AGENT,
        does="keeps a replica of the books in each worker, proves it fresh, says which revision binds",
        reads=(_NAMED.books.name,),
        writes=(_NAMED.books.name, _NAMED.books_acks.name),
    ),
    Stage(
        name="gate",
        kind=StageKind.AGENT,
        does="decides each request and records it, in one transaction per batch",
        reads=(_NAMED.requests.name, _NAMED.decisions.name, _NAMED.holds.name, _NAMED.marks.name),
        writes=(
            _NAMED.decisions.name,
            _NAMED.holds.name,
            _NAMED.marks.name,
            _OUT,
            _NAMED.answers.name,
            _NAMED.alerts.name,
            _NAMED.dead_letters.name,
            _NAMED.disclosures.name,
            _NAMED.requests.name,
        ),
    ),
    Stage(
        name="live shares",
        kind=StageKind.AGENT,
        does="sends each read on to whoever's agreement covers it, with a manifest for each recipient",
        reads=(_NAMED.reads.name, _NAMED.manifests.name),
        writes=(
            _NAMED.manifests.name,
            _OUT,
            _NAMED.alerts.name,
            _NAMED.dead_letters.name,
            _NAMED.books_acks.name,
        ),
    ),
    Stage(
        name="queries",
        kind=StageKind.AGENT,
        does="puts each search on record, screens it, alerts of what is found",
        reads=(_NAMED.queries.name, _NAMED.queries_access.name),
        writes=(_NAMED.queries_access.name, _NAMED.alerts.name, _NAMED.dead_letters.name),
    ),
    Stage(
        name="notary",
        kind=StageKind.TOOL,
        does="signs the tree of each ledger partition as it grows",
        reads=(_NAMED.decisions.name, _NAMED.checkpoints.name),
        writes=(_NAMED.checkpoints.name,),
    ),
    Stage(
        name="reviewer",
        kind=StageKind.TOOL,
        does="reads what is held, on record, and signs what to do with it",
        reads=(_NAMED.holds.name, _NAMED.decisions.name, _NAMED.books.name, _NAMED.admin_actions.name),
        writes=(_NAMED.requests.name, _NAMED.admin_actions.name),
    ),
    Stage(
        name="counsel",
        kind=StageKind.TOOL,
        does="signs what legal process has disclosed, under no agreement",
        reads=(_NAMED.decisions.name,),
        writes=(_NAMED.requests.name,),
    ),
    Stage(
        name="records officer",
        kind=StageKind.TOOL,
        does="discloses what counsel signed; opens or shreds what is sealed, passes over marks, on record",
        reads=(
            _NAMED.decisions.name,
            _NAMED.admin_actions.name,
            _NAMED.books.name,
            _NAMED.requests.name,
            _NAMED.holds.name,
            _NAMED.marks.name,
            _NAMED.dead_letters.name,
            _NAMED.disclosures.name,
            _NAMED.manifests.name,
            _NAMED.queries_access.name,
            _OUT,
        ),
        writes=(_NAMED.admin_actions.name, _NAMED.marks.name),
    ),
    Stage(
        name="desk of releases",
        kind=StageKind.TOOL,
        does="has orders carried out once, takes receipts, hands out images, on record",
        reads=(_NAMED.release_actions.name, _NAMED.decisions.name, _NAMED.books.name),
        writes=(_NAMED.release_actions.name, _NAMED.alerts.name, _NAMED.books.name),
    ),
    Stage(
        name="rehearsal",
        kind=StageKind.TOOL,
        does="explains decisions, replays or follows them under changed books, and changes nothing",
        reads=(_NAMED.requests.name, _NAMED.decisions.name, _NAMED.books.name),
    ),
    Stage(
        name="recipient",
        kind=StageKind.OUTSIDE,
        does="receives what was forwarded to it, and nothing else",
        reads=(_OUT,),
    ),
    Stage(
        name="requester",
        kind=StageKind.OUTSIDE,
        does="learns the verdict, the reasons and what is missing",
        reads=(_NAMED.answers.name,),
    ),
    Stage(
        name="security team",
        kind=StageKind.OUTSIDE,
        does="follows violations and what could not be read",
        reads=(_NAMED.alerts.name, _NAMED.dead_letters.name),
    ),
    Stage(
        name="auditor",
        kind=StageKind.TOOL,
        does="verifies the chain, publishes, decides again from the history of the books",
        reads=(
            _NAMED.decisions.name,
            _NAMED.manifests.name,
            _NAMED.books_events.name,
            _NAMED.checkpoints.name,
        ),
    ),
)
