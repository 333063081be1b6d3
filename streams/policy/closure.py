"""That a vendor's own share was seen to be closed, once the agreement behind it had stopped.

The gate stops what is sent through it. A share that is switched on inside a vendor's product goes on until
somebody switches it off there, and elsewhere shares have outlived their agreements by years (State Auditor
2019-118). So what stops opens a task (`streams.policy.tasks`), and this record alone closes it.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.names import is_blank
from streams.policy.vocabulary import Word


class ClosureHow(Word):
    """How it is known: somebody looked, or the vendor's list of shares no longer has it."""

    UNKNOWN = "unknown"
    SEEN = "seen"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """One confirmation. `subject` is the key of what stopped, such as `agreement/burbank-2026`.

    `version` is that of the agreement, 0 for an entity, which has none. `reference` says where it can be
    looked up: a ticket, a picture of the vendor's page. `at` is UTC.
    """

    subject: str
    version: int
    by: str
    at: datetime
    how: ClosureHow
    reference: str


def is_proven(closure: Closure) -> bool:
    """Tell whether somebody vouches for it in a way that this version knows, and says what shows it."""
    return closure.how is not ClosureHow.UNKNOWN and not (is_blank(closure.by) or is_blank(closure.reference))
