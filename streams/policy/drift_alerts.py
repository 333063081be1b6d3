"""What the security team is told of a finding about a vendor's share; without a name that a vendor gave.

Such a name is free text, and may hold a person or a plate. The share change that the alert names has it, for
who may read those.
"""

from collections.abc import Callable
from datetime import datetime

from streams.policy.alert import Alert, make_alert
from streams.policy.digest import derived_id
from streams.policy.drift import Finding
from streams.policy.share_change import ShareChange


def drift_alert(
    finding: Finding, change: ShareChange, now: datetime, pseudonym: Callable[[str], str]
) -> Alert:
    """Return the alert of what a change opened; one for each change and finding, however often it is read."""
    reason = finding.reason
    by = f" by {', '.join(finding.scopes)}" if finding.scopes else ""
    told = f"open at a vendor's{by}, share change `{change.change_id}`"
    return make_alert(
        alert_id=derived_id(f"alert\n{change.change_id}\n{finding.finding_id}"),
        kind=reason.code,
        severity=finding.severity,
        tier=reason.tier,
        # Nothing was decided: the gate had no part in it.
        decision_ids=(),
        entity_id=finding.entity_id,
        organisation=finding.entity_id or pseudonym(finding.recipient_name),
        user_pseudonym="",
        summary=f"{told}: {reason.message} ({reason.clause})",
        count=1,
        window_from=change.at,
        window_to=now,
        runbook=f"docs/runbook.md#{reason.code.lower()}",
    )
