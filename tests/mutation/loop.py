"""A plugin for pytest that runs the tests against each of many mutants.

Each is run in a fork of the process that collected the tests, in the folder that `generating` filled.
`MUTANTS` names a file with a mutant on each line, `OUTCOMES` the file that is told how each ended: killed, by
which test, or survived.
"""

import json
import os
import signal
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import mutmut
import pytest
from _pytest.runner import runtestprotocol

# A mutant that takes longer goes round for ever; the slowest test takes a few seconds.
SECONDS_OF_A_MUTANT = 120
AT_ONCE = 2
SURVIVED, KILLED = 0, 1

Reached = dict[str, list[str]]


class Child:
    """One fork: what it runs, since when, and what it wrote."""

    def __init__(self, mutant: str, pid: int, found: Path) -> None:
        self.mutant, self.pid, self.found = mutant, pid, found
        self.started = time.monotonic()

    def outcome(self) -> dict[str, Any] | None:
        """Return how it ended, or None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            if time.monotonic() - self.started > SECONDS_OF_A_MUTANT:
                os.kill(self.pid, signal.SIGKILL)
            return None
        by = self.found.read_text() if self.found.exists() else "it ended the process, or no end of it"
        is_dead = os.waitstatus_to_exitcode(status) != SURVIVED
        return {"mutant": self.mutant, "killed": is_dead, "by": by if is_dead else None}


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run the tests that reach each mutant's function until one fails, in place of running all of them."""
    mutants = Path(os.environ["MUTANTS"]).read_text().split()
    work = Path(os.environ["OUTCOMES"]).parent
    reached = _which_tests_reach(session, work / "reached.json")
    left = iter(mutants)
    running: list[Child] = []
    with Path(os.environ["OUTCOMES"]).open("w") as outcomes:
        while True:
            while len(running) < AT_ONCE and (mutant := next(left, None)) is not None:
                items = _items_of(session, reached.get(mutant.partition("__mutmut_")[0], []))
                running.append(_forked(mutant, items, work / f"{len(mutant)}-{time.monotonic_ns()}"))
            if not running:
                return True
            time.sleep(0.01)
            for child in tuple(running):
                if (outcome := child.outcome()) is not None:
                    running.remove(child)
                    outcome["reached"] = bool(reached.get(child.mutant.partition("__mutmut_")[0]))
                    outcomes.write(json.dumps(outcome) + "\n")
                    outcomes.flush()
    return True


def _forked(mutant: str, items: list[pytest.Item], found: Path) -> Child:
    pid = os.fork()
    if pid:
        return Child(mutant, pid, found)
    _quiet()
    os.environ["MUTANT_UNDER_TEST"] = mutant
    for item, after in _pairs(items):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
            found.write_text(item.nodeid)
            os._exit(KILLED)
    os._exit(SURVIVED)


def _which_tests_reach(session: pytest.Session, found: Path) -> Reached:
    """Return the tests that reach each function, the fastest first.

    Found out in a fork, so that no result of a function is in a cache when the mutants are forked off.
    """
    pid = os.fork()
    if not pid:
        _quiet()
        os.environ["MUTANT_UNDER_TEST"] = "stats"
        times: dict[str, list[tuple[float, str]]] = {}
        for item, after in _pairs(session.items):
            mutmut._stats.clear()
            started = time.monotonic()
            reports = runtestprotocol(item, log=False, nextitem=after)
            if any(report.failed for report in reports):
                os._exit(KILLED)
            for function in mutmut._stats:
                times.setdefault(function, []).append((time.monotonic() - started, item.nodeid))
        found.write_text(json.dumps({name: [one for _, one in sorted(each)] for name, each in times.items()}))
        os._exit(SURVIVED)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == SURVIVED, "a test fails without any mutant"
    reached: Reached = json.loads(found.read_text())
    return reached


def _items_of(session: pytest.Session, names: list[str]) -> list[pytest.Item]:
    by_name = {item.nodeid: item for item in session.items}
    return [by_name[name] for name in names]


def _pairs(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Yield each test with the one after it, by which pytest knows what to tear down."""
    return zip_longest(items, items[1:])


def _quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
