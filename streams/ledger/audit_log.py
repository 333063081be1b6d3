"""The record of one audit: the sample, then each finding, a line each with the hash of the line before.

A file and no topic: the audit is of the agency, so its record belongs to whoever audits. Whoever keeps the
last hash elsewhere can tell whether a finding was changed, dropped or added since. Source: LAPD Special Order
31 (audits by plan) and State Auditor 2019-118, recommendation 25 (who, how, and that the audit is kept).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from streams.errors import InputError, LedgerError
from streams.ledger.sampling import Drawn, Frame, Sample
from streams.policy.vocabulary import DecisionId, ReasonCode, Verdict

TAG = b"alpr-gate audit log v1\n"
BEGINNING = "0" * 64
Plain = Mapping[str, Any]


class Outcome(StrEnum):
    """What was found about a decision."""

    IN_ORDER = "in_order"
    IRREGULAR = "irregular"
    # The record or the case file does not say enough.
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """Who looked at which decision, when, how, and what was found; `note` names no plate and no person."""

    decision_id: DecisionId
    by: str
    at: datetime
    method: str
    outcome: Outcome
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """A sample, the findings about it in their order, and the hash of the last line."""

    sample: Sample
    findings: tuple[AuditFinding, ...]
    head: str

    def latest(self) -> dict[DecisionId, AuditFinding]:
        """Return the last finding about each decision that was looked at."""
        return {one.decision_id: one for one in self.findings}

    def open(self) -> tuple[DecisionId, ...]:
        """Return the decisions that nobody has looked at, in the order of the sample."""
        seen = self.latest()
        return tuple(one.decision_id for one in self.sample.drawn if one.decision_id not in seen)


def begun(sample: Sample) -> tuple[AuditLog, bytes]:
    """Return the log with nothing found yet, and its first line."""
    line, head = _line(asdict(sample), BEGINNING)
    return AuditLog(sample=sample, findings=(), head=head), line


def added(kept: AuditLog, finding: AuditFinding) -> tuple[AuditLog, bytes]:
    """Return the log with one more finding, and its line.

    Raises:
        InputError: the decision is not in the sample, or it is not said who looked and how.
    """
    if finding.decision_id not in {one.decision_id for one in kept.sample.drawn}:
        raise InputError(f"decision `{finding.decision_id}` is not in the sample")
    if not finding.by.strip() or not finding.method.strip():
        raise InputError("expected who looked at the decision, and how: both stay on record")
    line, head = _line(asdict(finding), kept.head)
    return replace(kept, findings=(*kept.findings, finding), head=head), line


def read_log(text: bytes, name: str) -> AuditLog:
    """Return the log that the lines hold; `name` is the file's name in messages.

    Raises:
        LedgerError: a line is no such line, or does not continue the one before.
    """
    if not text.endswith(b"\n"):
        raise LedgerError(f"{name}: expected the sample of an audit and whole lines; the end is missing")
    head, contents = BEGINNING, []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            read = orjson.loads(line)
            written, after = _line(read["content"], head)
            contents.append(read["content"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise LedgerError(f"{name}:{number}: expected a line of an audit") from error
        if written != line + b"\n":
            raise LedgerError(f"{name}:{number}: the line does not continue the one before: it was changed")
        head = after
    try:
        findings = tuple(_finding(each) for each in contents[1:])
        return AuditLog(sample=_sample(contents[0]), findings=findings, head=head)
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(f"{name}: a line is whole and holds no sample or finding") from error


def _line(content: Mapping[str, object], before: str) -> tuple[bytes, str]:
    """Return the line with the content, and its hash, which covers the hash of the line before."""
    body = orjson.dumps({"before": before, "content": content}, option=orjson.OPT_SORT_KEYS)
    head = hashlib.sha256(TAG + body).hexdigest()
    whole = {"before": before, "content": content, "hash": head}
    return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE), head


def _sample(plain: Plain) -> Sample:
    frame = plain["frame"]
    return Sample(
        frame=Frame(
            seed=frame["seed"],
            size=frame["size"],
            start=datetime.fromisoformat(frame["start"]),
            end=datetime.fromisoformat(frame["end"]),
            verdicts=tuple(Verdict(one) for one in frame["verdicts"]),
        ),
        population=plain["population"],
        drawn=tuple(_drawn(one) for one in plain["drawn"]),
    )


def _drawn(plain: Plain) -> Drawn:
    reason = plain["leading_reason"]
    return Drawn(
        decision_id=DecisionId(plain["decision_id"]),
        verdict=Verdict(plain["verdict"]),
        leading_reason=None if reason is None else ReasonCode(reason),
        partition=plain["partition"],
        seq=plain["seq"],
    )


def _finding(plain: Plain) -> AuditFinding:
    return AuditFinding(
        decision_id=DecisionId(plain["decision_id"]),
        by=plain["by"],
        at=datetime.fromisoformat(plain["at"]),
        method=plain["method"],
        outcome=Outcome(plain["outcome"]),
        note=plain["note"],
    )
