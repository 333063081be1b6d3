"""Each guard switched off in turn: the tests that are there for it must fail, and for that reason.

Nothing in the product switches a guard off. A plugin does it, in a process of its own, before any test.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Broker

INBOX = "tests/kafka/test_inbox.py"
STATE = "tests/books/test_state.py"
FLOOR = "tests/policy/test_floor.py"
PRODUCER = "tests/kafka/test_producer.py"
SCENARIOS = "tests/policy/test_scenarios.py"
# The guard; what is run; the tests that must fail; and what one of them must say.
OFFLINE = [
    (
        "no_contiguity",
        INBOX,
        {f"{INBOX}::test_a_batch_that_leaves_a_hole_is_refused"},
        "DID NOT RAISE .*HoleError",
    ),
    (
        "no_staleness",
        STATE,
        {
            f"{STATE}::test_it_goes_stale_after_the_last_heartbeat_and_recovers_by_itself",
            f"{STATE}::test_a_heartbeat_that_was_long_under_way_does_not_make_the_books_current",
        },
        "assert <BooksState.CURRENT: 'current'> is <BooksState.STALE: 'stale'>",
    ),
    (
        "no_floor",
        FLOOR,
        {f"{FLOOR}::test_an_unlawful_agreement_is_shown_by"},
        "assert None is not None",
    ),
    (
        "no_floor",
        SCENARIOS,
        {f"{SCENARIOS}::test_scenario[RECIPIENT_FEDERAL:", f"{SCENARIOS}::test_scenario[RECIPIENT_PRIVATE:"},
        "expected verdict block, got forward",
    ),
]


def run(guard: str | None, tests: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    plugin = [] if guard is None else ["-p", f"tests.guards.{guard}"]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *plugin, tests]
    given = {**os.environ, "PYTHONPATH": ".", **environment}
    return subprocess.run(
        command, cwd=PROJECT, env=given, check=False, capture_output=True, text=True, timeout=240
    )


def failed(ran: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"^FAILED (\S+)", ran.stdout, re.MULTILINE)


def assert_only_the_guard_keeps_them(
    guard: str, tests: str, expected: set[str], reason: str, environment: dict[str, str]
) -> None:
    on = run(None, tests, environment)
    assert on.returncode == 0, on.stdout
    off = run(guard, tests, environment)
    assert off.returncode == 1, off.stdout
    missed = {name for name in expected if not any(each.startswith(name) for each in failed(off))}
    assert missed == set(), off.stdout
    assert re.search(reason, off.stdout), off.stdout


@pytest.mark.parametrize(("guard", "tests", "expected", "reason"), OFFLINE)
def test_with_the_guard_off_its_tests_fail(guard: str, tests: str, expected: set[str], reason: str) -> None:
    assert_only_the_guard_keeps_them(guard, tests, expected, reason, {})


@pytest.mark.kafka
def test_without_fencing_the_test_of_it_fails(kafka: Broker) -> None:
    name = f"{PRODUCER}::test_whoever_starts_later_fences_the_one_before"
    servers = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    assert_only_the_guard_keeps_them("no_fencing", name, {name}, "DID NOT RAISE .*FencedError", servers)


def test_every_guard_is_tried() -> None:
    guards = {path.stem for path in Path(__file__).parent.glob("no_*.py")}
    assert guards == {"no_fencing", *(guard for guard, *_ in OFFLINE)}
