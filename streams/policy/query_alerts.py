"""Which findings about a search the security team hears of; without plates or names.

As loudly as the table of reasons says, and no less than that because nothing was stopped: a search is done
when it is told. What has no severity there (a missing field, a placeholder) is found but not told.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from streams.policy.alert import Alert, Severity, make_alert
from streams.policy.digest import derived_id
from streams.policy.query_checks.case import is_untold
from streams.policy.query_event import QueryEvent
from streams.policy.query_finding import QueryFinding
from streams.policy.reasons import ROWS
from streams.policy.vocabulary import DecisionId, EntityId


class Found(Protocol):
    """An access that something was found about, as its record has it."""

    @property
    def access_id(self) -> DecisionId:
        """Return the id of the record."""
        ...

    @property
    def entity_id(self) -> EntityId | None:
        """Return the entity that searched, if the registry knows it."""
        ...

    @property
    def recorded_at(self) -> datetime:
        """Return when it was recorded, in UTC."""
        ...

    @property
    def findings(self) -> tuple[QueryFinding, ...]:
        """Return what was found, in rule order."""
        ...


def query_alerts(access: Found, event: QueryEvent, pseudonym: Callable[[str], str]) -> tuple[Alert, ...]:
    """Return one alert for each finding that is a violation, in rule order."""
    organisation = access.entity_id or _pseudonym_of(event.organisation, pseudonym)
    user = _pseudonym_of(event.user, pseudonym)

    def alert(finding: QueryFinding, severity: Severity) -> Alert:
        return make_alert(
            # Of the access, the code and the field alone: a transaction that is repeated must not page twice.
            alert_id=derived_id(f"alert\n{access.access_id}\n{finding.code}\n{finding.field}"),
            kind=finding.code,
            severity=severity,
            tier=finding.tier,
            decision_ids=(access.access_id,),
            entity_id=access.entity_id,
            organisation=organisation,
            user_pseudonym=user,
            summary=f"found in a search: {finding.message} ({finding.clause})",
            count=1,
            window_from=event.searched_at or access.recorded_at,
            window_to=access.recorded_at,
            runbook=f"docs/runbook.md#{finding.code.lower()}",
        )

    told = ((finding, ROWS[finding.code].severity) for finding in access.findings)
    return tuple(alert(finding, severity) for finding, severity in told if severity is not None)


def _pseudonym_of(name: str, pseudonym: Callable[[str], str]) -> str:
    """Return the pseudonym of a name, nothing for one that nobody tells: it would link all of those."""
    return "" if is_untold(name) else pseudonym(name)
