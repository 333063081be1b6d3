"""What the security team hears of live shares."""

from datetime import datetime

from streams.live.context import LiveContext
from streams.policy.alert import Alert, Severity, make_alert
from streams.policy.digest import derived_id
from streams.policy.live.share import Share
from streams.policy.reasons import ROWS
from streams.policy.vocabulary import ReasonCode


def volume_alert(share: Share, context: LiveContext, period_start: datetime) -> Alert:
    """Return the alert that a live share has used up its volume in one partition; one for each period.

    It is about no decision, so it names none; the manifests say how much was kept back.
    """
    code = ReasonCode.VOLUME_EXCEEDED
    row = ROWS[code]
    return make_alert(
        alert_id=derived_id(f"alert\nvolume\n{share.agreement_id}\n{period_start.timestamp()}"),
        kind=code,
        severity=row.severity or Severity.MEDIUM,
        tier=row.tier,
        decision_ids=(),
        entity_id=share.entity_id,
        organisation=context.agency,
        user_pseudonym="",
        summary=f"the volume of agreement `{share.agreement_id}` is spent: reads stay here ({row.clause})",
        count=1,
        window_from=period_start,
        window_to=context.now,
        runbook=f"docs/runbook.md#{code.lower()}",
    )
