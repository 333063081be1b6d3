from dataclasses import replace
from datetime import UTC, datetime

import pytest

from streams.errors import InputError, LedgerError
from streams.ledger.audit_log import AuditFinding, AuditLog, Outcome, added, begun, read_log
from streams.ledger.sampling import draw
from streams.policy.vocabulary import DecisionId
from tests.ledger.test_sampling import FRAME, decisions

SAMPLE = draw(decisions(30), FRAME)
FIRST, SECOND = (one.decision_id for one in SAMPLE.drawn[:2])
FINDING = AuditFinding(
    decision_id=FIRST,
    by="auditor",
    at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    method="opened, compared with the case file",
    outcome=Outcome.IRREGULAR,
    note='no case "file"',
)


def written(*findings: AuditFinding) -> tuple[AuditLog, bytes]:
    log, text = begun(SAMPLE)
    for finding in findings:
        log, line = added(log, finding)
        text += line
    return log, text


def test_what_was_written_reads_back() -> None:
    log, text = written(FINDING, replace(FINDING, decision_id=SECOND, outcome=Outcome.IN_ORDER))
    assert read_log(text, "audit") == log
    assert len(log.open()) == 8


def test_the_last_finding_about_a_decision_counts_and_the_first_stays() -> None:
    log, _ = written(FINDING, replace(FINDING, outcome=Outcome.IN_ORDER))
    assert [one.outcome for one in log.findings] == [Outcome.IRREGULAR, Outcome.IN_ORDER]
    assert [one.outcome for one in log.latest().values()] == [Outcome.IN_ORDER]


def test_only_a_decision_of_the_sample_by_somebody_in_some_way_can_be_recorded() -> None:
    for wrong in (
        replace(FINDING, decision_id=DecisionId("another")),
        replace(FINDING, by=" "),
        replace(FINDING, method=""),
    ):
        with pytest.raises(InputError):
            written(wrong)


def spoilt(text: bytes) -> dict[str, bytes]:
    first, second, third = text.splitlines(keepends=True)
    return {
        "changed": first + second.replace(b"irregular", b"in_order") + third,
        "dropped": first + third,
        "moved": first + third + second,
        "twice": first + second + second + third,
        "cut": text[:-1],
        "sample": first.replace(b'"population":30', b'"population":31') + second + third,
        "other": first + b"{}\n",
        "empty": b"",
        "spaced": first + b" " + second + third,
        "bytes": first + b"\xff\n",
        "list": first + b"[]\n",
    }


@pytest.mark.parametrize("how", sorted(spoilt(b"a\nb\nc\n")))
def test_a_log_that_was_tampered_with_is_refused(how: str) -> None:
    _, text = written(FINDING, replace(FINDING, decision_id=SECOND))
    with pytest.raises(LedgerError, match="audit"):
        read_log(spoilt(text)[how], "audit")


def test_the_head_tells_of_a_finding_that_was_dropped_at_the_end() -> None:
    before, text = written(FINDING)
    after, _ = written(FINDING, replace(FINDING, decision_id=SECOND))
    assert read_log(text, "audit").head == before.head != after.head
