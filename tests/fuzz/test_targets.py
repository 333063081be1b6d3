"""A short seeded run of every target, and every input that once was a finding."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest

from streams.codecs.files import read_agreements, read_policy, read_registry
from tests.fuzz.plain import CORPUS, bombs, inputs, kept, peak, read
from tests.fuzz.seeds import RECORDS
from tests.fuzz.session import fuzz, shares
from tests.fuzz.targets import TARGETS, Target

SLOW = {"policy_file": 80, "registry_file": 80, "agreements_file": 80, "decision": 150, "mapping": 80}
FILES = ("policy", "registry", "agreements")
COUNT = 250


@pytest.mark.parametrize("name", TARGETS)
def test_what_a_target_starts_from_is_read(name: str) -> None:
    for data in TARGETS[name].seeds():
        read(TARGETS[name], data)


def test_the_files_to_start_from_are_good_ones() -> None:
    (policy,), (registry,), (agreements,) = (TARGETS[f"{name}_file"].seeds() for name in FILES)
    assert read_policy(policy.decode(), "policy").purposes
    assert len(read_registry(registry.decode(), "registry")) == RECORDS
    assert len(read_agreements(agreements.decode(), "agreements")) == RECORDS


@pytest.mark.parametrize("name", TARGETS)
def test_spoilt_inputs_end_as_documented(name: str) -> None:
    for data in inputs(TARGETS[name], Random(name), SLOW.get(name, COUNT)):  # noqa: S311  # it must repeat
        read(TARGETS[name], data)


@pytest.mark.parametrize("name", TARGETS)
def test_bombs_end_as_documented(name: str) -> None:
    for data in bombs(TARGETS[name], Random(name), 6):  # noqa: S311  # likewise
        read(TARGETS[name], data)


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found_once_is_not_found_again(name: str) -> None:
    for data in kept(name):
        read(TARGETS[name], data)


def test_all_that_was_found_belongs_to_a_target() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} <= set(TARGETS)


def test_every_target_gets_its_share_of_a_run() -> None:
    share = shares(tuple(TARGETS), 1_000_000)
    assert sum(share.values()) >= 1_000_000
    # A slow one gets a quarter of an even share.
    assert min(share.values()) >= 1_000_000 // (4 * len(TARGETS))


def slow(_: bytes) -> None:
    while True:
        pass


def hungry(_: bytes) -> None:
    bytearray(b"x") * (peak() + (128 << 20))


@pytest.mark.parametrize(
    ("reader", "bound", "most", "error"),
    [(slow, "SECONDS", 1, TimeoutError), (hungry, "MEMORY", 64 << 20, AssertionError)],
)
def test_an_input_over_a_bound_is_a_finding(
    reader: Callable[[bytes], None],
    bound: str,
    most: int,
    error: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"tests.fuzz.plain.{bound}", most)
    target = Target(reader, lambda: (), lambda data, _: data)
    with pytest.raises(error):
        read(target, b"9")


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not published for this machine")
async def test_guided_fuzzing_runs_and_keeps_what_it_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fuzz.session.CORPUS", tmp_path)
    (reached,) = [each async for each in fuzz(("offset_note",), 2000, seed=1)]
    assert reached.inputs >= 2000
    assert reached.after >= reached.before > 0
    assert reached.findings == ()


def test_a_long_list_takes_no_longer_for_each_item() -> None:
    (policy,) = TARGETS["policy_file"].seeds()
    words = ", ".join(f"word{number}" for number in range(60_000))
    read(TARGETS["policy_file"], policy.replace(b"screening:", f"screening:\n  long: [{words}]".encode()))
