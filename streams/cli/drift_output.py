"""How drift looks: what somebody has to act upon, in words, as CSV and as JSON."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from streams.adapters.share_log import UnreadRow
from streams.cli.books_output import day, grid, phrase
from streams.cli.terminal import console
from streams.policy.alert import Severity
from streams.policy.drift import Finding
from streams.policy.drift_tasks import ClosedTask
from streams.policy.reasons import ORDER
from streams.policy.share_memory import Share
from streams.policy.vocabulary import ReasonCode

_C = ReasonCode
TOLD: Mapping[ReasonCode, str] = {
    _C.RECIPIENT_UNRESOLVED: "with somebody who is not in the registry, or is nobody: find out, or close it",
    _C.RECIPIENT_NONSPECIFIC: "with a pool, which lets in whoever joined: close it now",
    _C.RECIPIENT_FEDERAL: "with a federal agency: close it now",
    _C.RECIPIENT_OUT_OF_STATE: "with an agency of another state: close it now",
    _C.RECIPIENT_PRIVATE: "with a private body: close it now",
    _C.RECIPIENT_NOT_PUBLIC_AGENCY: "with a body that counsel has not determined to be public: close it now",
    _C.RECIPIENT_INELIGIBLE_MEMBER: "with a joint body that has a member who could not receive: close it now",
    _C.NOT_LOCAL_LAW_ENFORCEMENT: "with a class that the policy does not reach: close it, or extend it",
    _C.NO_AGREEMENT: "without an agreement: close it, or conclude one",
    _C.AGREEMENT_NOT_YET_IN_FORCE: "under an agreement that has not begun",
    _C.AGREEMENT_EXPIRED: "under an agreement that is over: close it",
    _C.AGREEMENT_SUSPENDED: "under an agreement that is suspended: close it",
    _C.AGREEMENT_REVOKED: "under an agreement that is revoked: close it",
    _C.AGREEMENT_NO_ONWARD_CLAUSE: "under an agreement without a clause against onward sharing",
    _C.AGREEMENT_REVIEW_OVERDUE: "under an agreement whose review is missing or due",
    _C.OBLIGATION_OVERDUE: "under an agreement with an obligation that is overdue",
    _C.SCOPE_NOT_COVERED: "wider than agreed: narrow it at the vendor's, or agree to it",
    _C.SHARE_CAME_BACK: "come back after it was removed: ask the vendor, and close it",
}
LOUDEST_FIRST = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
STYLES = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow"}
# Of each the first ones; --csv and --json have them all.
SHOWN = 15
NOT_STATED = "not stated"
COLUMNS = (
    "finding_id", "code", "tier", "severity", "vendor", "network", "recipient", "scopes", "entity_id",
    "agreement_id", "message", "clause",
)  # fmt: skip
_CELLS: Mapping[str, Callable[[Finding], str]] = {
    "network": lambda one: one.network,
    "scopes": lambda one: ", ".join(one.scopes),
    "why": lambda one: one.reason.message,
}
# What a spreadsheet would take for a formula, though a vendor's list only names somebody so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of one comparison at `at` (UTC)."""

    at: datetime
    shares: Sequence[Share]
    findings: Sequence[Finding]
    closed: Sequence[ClosedTask]
    unread_rows: Sequence[UnreadRow]
    unread_records: int

    @property
    def problems(self) -> int:
        """Return how many things somebody has to look at."""
        return len(self.findings) + len(self.unread_rows) + self.unread_records


def print_report(report: Report) -> None:
    """Print what was found, the loudest first, and what the record closes."""
    opened = [share for share in report.shares if share.is_open]
    recipients = {(share.vendor, share.recipient_name) for share in opened}
    shares = {(share.vendor, share.network, share.recipient_name) for share in opened}
    click.echo(f"{len(recipients):,} recipients have {len(shares):,} shares open")
    counts = Counter(one.reason.code for one in report.findings)
    ranked = sorted(counts, key=lambda code: (_loudness(report, code), ORDER[code]))
    for code in ranked:
        click.echo(f"{counts[code]:>7,} {TOLD.get(code, code.value)}")
    for code in ranked:
        _print_findings([one for one in report.findings if one.reason.code is code])
    if not report.findings:
        click.echo("an agreement in force gives each of them")
    _print_rest(report)


def _loudness(report: Report, code: ReasonCode) -> int:
    return min(LOUDEST_FIRST.index(one.severity) for one in report.findings if one.reason.code is code)


def _print_findings(findings: Sequence[Finding]) -> None:
    first = findings[0]
    # What a portal does not say of anybody is no column.
    titles = [title for title, cell in _CELLS.items() if any(map(cell, findings))]
    table = grid(first.reason.code, *titles)
    table.columns[0].header_style = STYLES.get(first.severity, "bold")
    for one in findings[:SHOWN]:
        cells = (_CELLS[title](one) or NOT_STATED for title in titles)
        table.add_row(phrase(one.recipient_name), *map(phrase, cells))
    if len(findings) > SHOWN:
        table.add_row(phrase(f"… and {len(findings) - SHOWN:,} more"))
    click.echo()
    console().print(table)


def _print_rest(report: Report) -> None:
    for task, removed_at in report.closed:
        click.echo(
            f"`{task.subject}` is closed at the vendor's since {day(removed_at)}: "
            "`alpr-gate tasks confirm-removed` says so"
        )
    for row in report.unread_rows:
        click.echo(f"{row.where} cannot be read, and may be a grant: {row.why}", err=True)
    if report.unread_records:
        click.echo(f"{report.unread_records} records of alpr.share-changes cannot be read", err=True)


def csv_of(findings: Sequence[Finding]) -> str:
    """Return a row for each finding, under a header; no cell is a formula for who opens it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for plain in map(_plain, findings):
        writer.writerow([_harmless(str(plain[column] or "")) for column in COLUMNS])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def plain_report(report: Report) -> dict[str, object]:
    """Return all of the report as plain data."""
    return {
        "at": report.at,
        "open": sum(share.is_open for share in report.shares),
        "findings": [_plain(one) | {"scopes": one.scopes} for one in report.findings],
        "closed_tasks": [
            {"task": task.subject, "removed_at": removed_at} for task, removed_at in report.closed
        ],
        "unread_rows": [{"where": row.where, "why": row.why} for row in report.unread_rows],
        "unread_records": report.unread_records,
    }


def _plain(finding: Finding) -> dict[str, object]:
    values: Iterator[object] = iter(
        (
            finding.finding_id, finding.reason.code, finding.reason.tier, finding.severity, finding.vendor,
            finding.network, finding.recipient_name, " ".join(finding.scopes), finding.entity_id,
            finding.agreement_id, finding.reason.message, finding.reason.clause,
        )
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))
