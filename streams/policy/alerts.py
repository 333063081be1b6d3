"""Which reasons the security team hears of, and how loudly; without plates or names.

The table of reasons says the severity. Ids are derived from the decision and the code, so that a replay
makes no second alert. Who asked is named by entity id when authenticated, else by pseudonym.

No stable pseudonym is published: the key of `pseudonym` belongs to one audience. A constant id for a user, in
public logs, has been joined to names for hundreds of people.
"""

from collections.abc import Callable
from datetime import datetime

from streams.policy.alert import Alert, Severity, make_alert
from streams.policy.decision import Decision, Reason
from streams.policy.digest import derived_id
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.hold import Hold
from streams.policy.notices import Notice, notice_alert
from streams.policy.reasons import ROWS, refuse
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId, EntityId, ReasonCode, Verdict

Pseudonym = Callable[[str], str]

# Named here because looking a member up on its enum costs as much as the rest of it.
_BLOCK = Verdict.BLOCK
_EXIGENT = ReasonCode.EXIGENT_WAITS
_KEPT_TOO_LONG = ReasonCode.RETENTION_EXCEEDED
# A hold has let nothing through and a person will read it, so it is told one step less loudly.
_OF_A_HOLD = {
    Severity.CRITICAL: Severity.HIGH,
    Severity.HIGH: Severity.MEDIUM,
    Severity.MEDIUM: Severity.LOW,
    Severity.LOW: Severity.LOW,
}


def severity_of(reason: Reason) -> Severity | None:
    """Return how loudly a reason is told, or None when it is no violation.

    A missing field or a placeholder text is no violation: told of, it would hide the ones that are.
    """
    severity = ROWS[reason.code].severity
    if severity is None or reason.verdict is _BLOCK:
        return severity
    return _OF_A_HOLD[severity]


def alerts_of(
    decision: Decision, request: SharingRequest, now: datetime, pseudonym: Pseudonym
) -> tuple[Alert, ...]:
    """Return one alert for each reason that is a violation, in rule order."""
    told = [
        (reason, severity) for reason in decision.reasons if (severity := severity_of(reason)) is not None
    ]
    if not told:
        return ()
    who = _who(request, pseudonym)
    return tuple([_alert(decision, who, now, reason, severity) for reason, severity in told])


def exigent_alert(hold: Hold, now: datetime, pseudonym: Pseudonym) -> Alert:
    """Return the alert that pages whoever reviews: an exigent request is held, and until when it waits.

    It is told as loudly as can be, although nothing was let through: somebody may die meanwhile.
    """
    until = f"an exigent request waits for a reviewer until {hold.deadline.isoformat()}"
    reason = refuse(_EXIGENT, "exigent", until)
    return _alert(hold.decision, _who(hold.request, pseudonym), now, reason, Severity.CRITICAL)


def act_alert(decision_id: DecisionId, reason: Reason, now: datetime) -> Alert:
    """Return the alert on an act: a refused review or withdrawal, or a disclosure, ordered or refused.

    Whoever is refused may have forged it, sent an old one, or gone too far. Who that was stands sealed in the
    ledger, for a name that nobody has proven is no name to tell.
    """
    row = ROWS[reason.code]
    return make_alert(
        alert_id=derived_id(f"alert\n{decision_id}\n{reason.code}"),
        kind=reason.code,
        severity=row.severity or Severity.HIGH,
        tier=row.tier,
        decision_ids=(decision_id,),
        entity_id=None,
        organisation="",
        user_pseudonym="",
        summary=f"{reason.verdict}: {reason.message} ({reason.clause})",
        count=1,
        window_from=now,
        window_to=now,
        runbook=f"docs/runbook.md#{reason.code.lower()}",
    )


def overdue_alert(hold: EvidenceHold, agency: EntityId, now: datetime, pseudonym: Pseudonym) -> Alert:
    """Return the alert that nobody has verified an evidence hold in time; one for each date that it is due.

    The rule at stake is that of retention: without the verification the reads are kept longer than allowed.
    It is about no decision, so it names none.
    """
    row = ROWS[_KEPT_TOO_LONG]
    return make_alert(
        alert_id=derived_id(f"alert\nevidence-hold\n{hold.hold_id}\n{hold.reverify_due.timestamp()}"),
        kind=_KEPT_TOO_LONG,
        severity=row.severity or Severity.HIGH,
        tier=row.tier,
        decision_ids=(),
        entity_id=None,
        organisation=agency,
        user_pseudonym=pseudonym(hold.requested_by),
        summary=f"evidence hold `{hold.hold_id}` is overdue for verification ({row.clause})",
        count=1,
        window_from=hold.reverify_due,
        window_to=now,
        runbook="docs/runbook.md#alprgateevidenceoverdue",
    )


def reminder_alert(
    overdue: EvidenceHold | Notice, agency: EntityId, now: datetime, pseudonym: Pseudonym
) -> Alert:
    """Return the alert of what comes due by the clock, without a decision."""
    if isinstance(overdue, EvidenceHold):
        return overdue_alert(overdue, agency, now, pseudonym)
    return notice_alert(overdue, agency, now)


def _who(request: SharingRequest, pseudonym: Pseudonym) -> tuple[str, str]:
    """Return the organisation and the user, neither of them by a name that was only claimed."""
    requester = request.requested_by
    # What was only claimed may be a person's name, or a plate.
    organisation = request.authenticated_as or pseudonym(requester.organisation)
    return organisation, pseudonym(requester.user)


def _alert(
    decision: Decision, who: tuple[str, str], now: datetime, reason: Reason, severity: Severity
) -> Alert:
    organisation, user_pseudonym = who
    return make_alert(
        # Of the decision and the code alone: a transaction that is repeated must not page twice.
        alert_id=derived_id(f"alert\n{decision.decision_id}\n{reason.code}"),
        kind=reason.code,
        severity=severity,
        tier=reason.tier,
        decision_ids=(decision.decision_id,),
        entity_id=decision.entity_id,
        organisation=organisation,
        user_pseudonym=user_pseudonym,
        summary=f"{reason.verdict}: {reason.message} ({reason.clause})",
        count=1,
        window_from=decision.event_time or now,
        window_to=now,
        runbook=f"docs/runbook.md#{reason.code.lower()}",
    )
