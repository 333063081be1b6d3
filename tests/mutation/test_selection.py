"""A few mutants of policy and ledger, always the same; `make mutants` runs all."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.mutation.__main__ import generated, outcomes_of
from tests.mutation.survivors import LIST, change_of, explained

DRAWN, SEED = 40, 2026


def _lot(name: str) -> bytes:
    """Return the lot of a mutant: of the name alone, so that code that is added replaces few of the drawn."""
    return sha256(f"{SEED} {name}".encode()).digest()


@pytest.mark.timeout(900)  # a quiet machine takes 90 s
def test_every_mutant_of_a_selection_is_noticed_or_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, listed = generated(tmp_path), explained()
    monkeypatch.chdir(tmp_path)
    assert listed.keys() <= set(every)
    assert {name: change_of(name) for name in listed if change_of(name) != listed[name]} == {}
    drawn = sorted(every, key=_lot)[:DRAWN]
    # One that is known to survive, for a run in which everything counts as noticed would show nothing.
    known = min(listed)
    outcomes = outcomes_of(tmp_path, sorted({*drawn, known}))
    survivors = {str(outcome["mutant"]) for outcome in outcomes if not outcome["killed"]}
    assert known in survivors
    assert {name: change_of(name) for name in survivors - listed.keys()} == {}


def test_every_group_of_survivors_has_a_reason() -> None:
    groups = LIST.read_text(encoding="utf-8").strip().split("\n\n")
    for group in groups:
        lines = group.splitlines()
        assert lines[0].startswith("# ")
