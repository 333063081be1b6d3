"""What is found about a search that is over: a rule, whose it is, and where in the event it shows.

The codes are those of the rules on requests, for a search breaks the same rules. But a finding refuses
nothing: the gate does not carry what a vendor's system searches, and what is done is done.
"""

from dataclasses import dataclass

from streams.policy.reasons import ROWS
from streams.policy.vocabulary import ReasonCode, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFinding:
    """One finding. `field` is one or more fields of `QueryEvent`, with commas between.

    `message` never holds a plate or a person's name.
    """

    code: ReasonCode
    tier: Tier
    clause: str
    field: str
    message: str


def found(code: ReasonCode, field: str, message: str) -> QueryFinding:
    """Return the finding that `code` stands for; `message` must hold no plate and no person's name."""
    row = ROWS[code]
    return QueryFinding(code=code, tier=row.tier, clause=row.clause, field=field, message=message)
