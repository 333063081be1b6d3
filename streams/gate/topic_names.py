"""The names of the topics that a journal writes to, worked out once for all requests.

A topic's full description is made anew each time it is asked for, and a request needs the names of several.
"""

from functools import lru_cache
from typing import NamedTuple

from streams.policy.vocabulary import EntityId
from streams.topics import Topics

# The prefix of all recipients' topics is the name of nobody's.
NOBODY = EntityId("")


class TopicNames(NamedTuple):
    """The full name of each topic by its property in `Topics`; `out` has the prefix of all recipients'."""

    requests: str
    decisions: str
    holds: str
    marks: str
    answers: str
    alerts: str
    dead_letters: str
    disclosures: str
    books_acks: str
    out: str

    def out_of(self, entity_id: EntityId) -> str:
        """Return the name of the topic that this recipient alone may read."""
        return self.out + entity_id


@lru_cache(maxsize=16)
def names_of(topics: Topics) -> TopicNames:
    """Return the names of a deployment's topics."""
    return TopicNames(
        requests=topics.requests.name,
        decisions=topics.decisions.name,
        holds=topics.holds.name,
        marks=topics.marks.name,
        answers=topics.answers.name,
        alerts=topics.alerts.name,
        dead_letters=topics.dead_letters.name,
        disclosures=topics.disclosures.name,
        books_acks=topics.books_acks.name,
        out=topics.out(NOBODY).name,
    )
