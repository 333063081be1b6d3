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
from hypothesis import Phase, settings

# A test that takes so many times as long as without a mutant goes round for ever. Counted in seconds of the
# processor, so that a busy machine kills nothing; at least so many, for a test alone fills caches by itself.
TIMES_AS_LONG, LEAST_SECONDS = 5, 3
AT_ONCE = 2
SURVIVED, KILLED = 0, 1

# For each function the tests that reach it, and how long each takes.
Reached = dict[str, list[tuple[float, str]]]


class Child:
    """One fork: what it runs, and the file that says which test it is at."""

    def __init__(self, mutant: str, pid: int, at: Path) -> None:
        self.mutant, self.pid, self.at = mutant, pid, at

    def outcome(self) -> dict[str, Any] | None:
        """Return how it ended, or None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        code = os.waitstatus_to_exitcode(status)
        by = self.at.read_text() if code != SURVIVED else None
        return {
            "mutant": self.mutant,
            "killed": code != SURVIVED,
            "by": by,
            "in_time": code != -signal.SIGPROF,
        }


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Have hypothesis stop at the first example that fails: the smallest one is of no use here."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutation", settings.get_profile("alpr-gate"), phases=phases)
    settings.load_profile("mutation")


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
                tests = reached.get(mutant.partition("__mutmut_")[0], [])
                running.append(_forked(session, mutant, tests, work / mutant))
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


def _forked(session: pytest.Session, mutant: str, tests: list[tuple[float, str]], at: Path) -> Child:
    pid = os.fork()
    if pid:
        return Child(mutant, pid, at)
    _quiet()
    os.environ["MUTANT_UNDER_TEST"] = mutant
    by_name = {item.nodeid: item for item in session.items}
    seconds = {name: took for took, name in tests}
    for item, after in _pairs([by_name[name] for name in seconds]):
        at.write_text(item.nodeid)
        # Its signal ends the process, even one that never comes back to Python.
        signal.setitimer(signal.ITIMER_PROF, max(LEAST_SECONDS, TIMES_AS_LONG * seconds[item.nodeid]))
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
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
            started = time.process_time()
            reports = runtestprotocol(item, log=False, nextitem=after)
            if any(report.failed for report in reports):
                os._exit(KILLED)
            for function in mutmut._stats:
                times.setdefault(function, []).append((time.process_time() - started, item.nodeid))
        found.write_text(json.dumps({name: sorted(each) for name, each in times.items()}))
        os._exit(SURVIVED)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == SURVIVED, "a test fails without any mutant"
    reached: Reached = json.loads(found.read_text())
    return reached


def _pairs(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Yield each test with the one after it, by which pytest knows what to tear down."""
    return zip_longest(items, items[1:])


def _quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
