import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from streams.books.acks import BoundReport
from streams.demo.crowd import Sent
from streams.demo.people import people_in
from streams.demo.playground import Playground
from streams.demo.story import Played, Revocation
from streams.demo.summary import print_next_steps, print_summary
from streams.demo.watch import Seen
from streams.gate.audit import Audit
from streams.ledger.flaws import Flaw, Problem
from streams.ledger.reconcile import Difference, Finding
from streams.ledger.verify import ChainReport
from streams.policy.book_records import BooksAck
from streams.policy.vocabulary import AgreementId, RecordKind, Verdict
from streams.settings import Settings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BURBANK = AgreementId("burbank-2026")


def chain(problem: Problem | None = None) -> ChainReport:
    return ChainReport(
        partition=3,
        count=1500,
        head_hash=bytes(32),
        kinds=(),
        times_back=0,
        open_holds=frozenset(),
        problem=problem,
    )


def audit(*findings: Finding, problem: Problem | None = None) -> Audit:
    return Audit(chains=(chain(problem),), findings=findings, inputs=1500, forwards=700)


def revocation(*bound_after: int) -> Revocation:
    """A revocation at revision 9 of two partitions, acknowledged so many milliseconds after it was made."""
    acknowledged = {
        partition: BooksAck(
            worker="w", partition=partition, revision=9, at=NOW + timedelta(milliseconds=after), epoch=1
        )
        for partition, after in enumerate(bound_after)
    }
    missing = tuple(range(len(bound_after), 2))
    bound = BoundReport(revision=9, acknowledged=acknowledged, missing=missing)
    return Revocation(agreement_id=BURBANK, produced_at=NOW, bound=bound)


def played(
    *, forwards: tuple[int, ...] = (), revoked: Revocation | None = None, found: Audit | None = None
) -> Played:
    """What was played; `forwards` are the revisions of forwards under the agreement of `revoked`."""
    seen = Seen()
    seen.kinds.update({RecordKind.GENESIS: 1, RecordKind.DECISION: 1498, RecordKind.REPEAT: 1})
    seen.outcomes.update({(Verdict.BLOCK, "NO_AGREEMENT"): 3, (Verdict.FORWARD, ""): 1495})
    seen.reasons["NO_AGREEMENT"] = 5
    seen.read_at.update({(0, number): 0.010 for number in range(1500)})
    if forwards:
        seen.forwards[BURBANK] = [(revision, NOW) for revision in forwards]
    sent = Sent(at={(0, number): 0.0 for number in range(1500)}, steady=900)
    return Played(seen=seen, sent=sent, burst_seconds=0.5, revocation=revoked, audit=found or audit())


def said(what: Played, width: int = 200) -> str:
    out = io.StringIO()
    print_summary(what, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def line(what: Played, name: str) -> str:
    return next(each for each in said(what).splitlines() if each.strip().startswith(name)).strip()


def test_verdicts_come_by_reason_with_forwards_first() -> None:
    rows = [each.split() for each in said(played()).splitlines()[2:4]]
    assert rows == [["forward", "-", "1,495", "-"], ["block", "NO_AGREEMENT", "3", "5"]]


def test_the_ledger_is_told_by_kinds() -> None:
    assert line(played(), "ledger").endswith("1,500 records: 1 genesis, 1,498 decisions, 1 repeats")


def test_times_have_units_and_say_what_was_measured() -> None:
    told = line(played(), "latency")
    assert told.endswith("p50 10 ms, p99 10 ms from request to committed decision, at 500 requests/s")
    assert line(played(), "throughput").endswith("1,200 requests/s, 600 sent at once after that")


def test_no_percentile_is_made_of_one_request() -> None:
    what = played()
    what.sent.steady = 1
    assert "too few to tell" in line(what, "latency")


def test_a_revocation_says_when_it_bound_and_what_came_before_and_after() -> None:
    what = played(forwards=(7, 8, 9), revoked=revocation(120, 250))
    told = line(what, "revocation")
    assert told.endswith(
        "burbank-2026 at 12:00:00.000 UTC, revision 9, bound on all 2 partitions within 250 ms"
    )
    assert line(what, "under it").endswith("2 forwards before, the last decided at 12:00:00.000 UTC; 1 after")


def test_a_revocation_under_which_nothing_was_forwarded_names_no_time() -> None:
    assert line(played(revoked=revocation(1, 2)), "under it").endswith("0 forwards before; 0 after")


def test_acknowledged_before_the_broker_told_us_is_no_negative_time() -> None:
    assert line(played(revoked=revocation(-9, -3)), "revocation").endswith("within 0 ms")


def test_a_silent_partition_is_told() -> None:
    assert line(played(revoked=revocation(5)), "revocation").endswith("not acknowledged everywhere")


def test_without_a_revocation_nothing_is_said_of_one() -> None:
    assert "revocation" not in said(played())


def test_a_sound_ledger_is_verified_and_counted() -> None:
    told = line(played(), "proof")
    assert told.endswith(
        "verified: 1 chains, 1,500 inputs with one record each, 700 forwards with their decision"
    )


def test_a_ledger_that_does_not_verify_is_told_with_the_first_bad_place() -> None:
    problem = Problem(position=17, flaw=Flaw.ALTERED)
    finding = Finding(difference=Difference.INPUT_WITHOUT_RECORD, partition=1, offset=2)
    told = line(played(found=audit(finding, problem=problem)), "proof")
    assert told.endswith(
        "the ledger does not verify: 1 differences; partition 3: position 17: "
        "the record is not what its hash says"
    )


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_line_is_wider_than_the_terminal_or_cut(width: int) -> None:
    what = played(forwards=(7, 9), revoked=revocation(1, 2))
    lines = said(what, width).splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)


def test_the_next_steps_can_be_pasted(tmp_path: Path) -> None:
    out = io.StringIO()
    settings = Settings(
        bootstrap_servers="127.0.0.1:9", partitions=4, keyring=Path("k.json"), vault=Path("v"), web_port=8,
        custodians=Path("c"),
    )  # fmt: skip
    ground = Playground(settings=settings, log=Path("log"), people=people_in(tmp_path))
    print_next_steps(ground, Console(file=out, width=60))
    exported = next(each.strip() for each in out.getvalue().splitlines() if "export" in each)
    assert exported == (
        "export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9 ALPR_GATE_PARTITIONS=4 ALPR_GATE_KEYRING=k.json "
        "ALPR_GATE_VAULT=v ALPR_GATE_CUSTODIANS=c"
    )
    assert "curl http://127.0.0.1:8/metrics" in out.getvalue()
