"""The words of the policy as the public reads them."""

from collections.abc import Iterable
from datetime import datetime

from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.terms import Terms
from streams.policy.vocabulary import Verdict

VERDICTS = {
    Verdict.FORWARD: "forwarded",
    Verdict.BLOCK: "blocked",
    Verdict.HOLD: "held",
    Verdict.UNKNOWN: "unknown",
}
# What became of legal process, which nobody holds.
DISCLOSED = {**VERDICTS, Verdict.FORWARD: "disclosed", Verdict.BLOCK: "refused"}
HIDDEN = "not shown"


def words(code: str) -> str:
    """Return a word of the policy as it is written in English."""
    return code.replace("non_", "non-").replace("vms", "VMS").replace("_", " ")


def listed(codes: Iterable[str]) -> str:
    """Return words of the policy in one line, by the alphabet."""
    return ", ".join(sorted(words(code) for code in codes)) or "none"


def day(instant: datetime) -> str:
    """Return the date of an instant by the agency's clock."""
    return instant.astimezone(AGENCY_ZONE).date().isoformat()


def term(terms: Terms) -> tuple[str, str]:
    """Return the first day of the term and the day on which it is over."""
    return day(terms.start), day(terms.end)


def networks(terms: Terms) -> str:
    """Return the networks, which are names and stay as they are written."""
    return "all" if terms.networks is None else ", ".join(sorted(terms.networks)) or "none"
