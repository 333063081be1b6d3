"""What a command would change among the evidence holds; see `streams.books.plan`.

A hold changes by a higher version alone, so that applying an old file never takes back a release. No version
reaches further than one verification lasts: who wants it longer verifies again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from streams.books.entries import BookKey, EntryKind, key_of
from streams.books.index import BooksIndex
from streams.books.plan import Change, Plan, Planner, joined
from streams.errors import InputError
from streams.policy.durations import require_duration
from streams.policy.evidence_hold import VERIFIED_FOR, EvidenceHold
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.vocabulary import EvidenceHoldId, EvidenceHoldStatus

_VERIFIED_FOR = require_duration(VERIFIED_FOR, "VERIFIED_FOR")


def planned_evidence_holds(holds: Sequence[EvidenceHold]) -> Planner:
    """Return the planner that puts these holds on the books; lower versions are their history."""

    def plan(index: BooksIndex, now: datetime) -> Plan:
        by_id = sorted(holds, key=lambda each: (each.hold_id, each.version))
        parts = [
            _part(index, tuple(versions), now)
            for _, versions in groupby(by_id, key=lambda each: each.hold_id)
        ]
        return joined(parts)

    return plan


def _part(index: BooksIndex, versions: tuple[EvidenceHold, ...], now: datetime) -> Plan:
    latest, known = versions[-1], index.books.evidence.get(versions[-1].hold_id)
    if known == latest:
        return Plan(unchanged=(key_of(latest),))
    newest = index.books.evidence.version_of(latest.hold_id)
    if latest.version <= newest:
        status = "unreadable" if known is None else known.status
        raise InputError(
            f"evidence hold `{latest.hold_id}` version {latest.version} differs from version "
            f"{newest} ({status}) in the books; to change it give version {newest + 1}"
        )
    _check_dates(latest, now)
    changes: list[Change] = []
    for each in versions:
        if known is None or each.version > known.version:
            changes.append(Change(key=key_of(each), before=known, after=each))
            known = each
    return Plan(changes=tuple(changes))


def _check_dates(hold: EvidenceHold, now: datetime) -> None:
    if hold.approved_at > now:
        raise InputError(
            f"evidence hold `{hold.hold_id}` is approved in the future; give when it was approved"
        )
    if not _VERIFIED_FOR.covers(now, hold.reverify_due, AGENCY_ZONE):
        raise InputError(
            f"evidence hold `{hold.hold_id}` is to be verified again later than {VERIFIED_FOR} from now; "
            "Special Order 31 asks for it every two years"
        )


def planned_release(hold_id: EvidenceHoldId) -> Planner:
    """Return the planner that releases a hold: what it names is old again, and may be destroyed."""
    return _planned(
        hold_id,
        lambda hold, _now: replace(hold, status=EvidenceHoldStatus.RELEASED, version=hold.version + 1),
    )


def planned_verification(hold_id: EvidenceHoldId) -> Planner:
    """Return the planner that notes that a hold was verified now, for as long as a verification lasts."""

    def verified(hold: EvidenceHold, now: datetime) -> EvidenceHold:
        due = _VERIFIED_FOR.after(now, AGENCY_ZONE)
        return replace(hold, reverify_due=due, version=hold.version + 1)

    return _planned(hold_id, verified)


def _planned(hold_id: EvidenceHoldId, change: Callable[[EvidenceHold, datetime], EvidenceHold]) -> Planner:
    """Return the planner of a change of one hold; one that is released already stays as it is."""

    def plan(index: BooksIndex, now: datetime) -> Plan:
        key = BookKey(kind=EntryKind.EVIDENCE_HOLD, name=hold_id)
        known = index.books.evidence.get(hold_id)
        # Whatever is made of it is the next version of what is there, and that cannot be read.
        if key in index.faults:
            raise InputError(
                f"evidence hold `{hold_id}` cannot be read, so it lifts nothing and still forbids to "
                "destroy; apply it again"
            )
        if known is None:
            raise InputError(f"there is no evidence hold `{hold_id}`; `alpr-gate evidence list` shows all")
        if known.status is EvidenceHoldStatus.RELEASED:
            return Plan(unchanged=(key,))
        return Plan(changes=(Change(key=key, before=known, after=change(known, now)),))

    return plan
