"""Small runs of everything on a real broker: the counts are right or the run fails; no time is looked at."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from streams.bench import books_benches, latency, match, soak, sweeps
from streams.bench.benches import BENCHES, run_benches
from streams.bench.contenders import CONTENDERS
from streams.bench.ground import Ground
from streams.bench.report import FILE
from streams.bench.trial import GATE, Trial, TrialError
from streams.bench.world import World
from streams.clock import SystemClock
from streams.codecs.keyring import write_keyring
from streams.codecs.vault import add_keys
from streams.errors import UnavailableError
from streams.ledger.sealed import months_from
from streams.settings import Settings
from tests.gate.bench import KEYRING

pytestmark = pytest.mark.kafka

CLOCK = SystemClock()
WORLD = World(now=CLOCK.now(), agreements=100, entities=250)
ASKED = WORLD.traffic(KEYRING, 60)


@pytest.fixture
def on(settings: Settings, tmp_path: Path) -> Ground:
    keyring = tmp_path / "keyring.json"
    write_keyring(KEYRING, keyring)
    add_keys(tmp_path / "vault", months_from(CLOCK.now(), 2), bytes)
    ours = settings.model_copy(update={"keyring": keyring, "vault": tmp_path / "vault"})
    return Ground(settings=ours, keyring=KEYRING, folder=tmp_path, clock=CLOCK)


@pytest.mark.parametrize("contender", [GATE, *CONTENDERS])
def test_each_contender_decides_everything_once_and_rightly(on: Ground, contender: str) -> None:
    with Trial(on, WORLD, on.settings.app_id) as trial:
        trial.send(ASKED)
        with trial.running(contender) as children:
            decided = trial.decided(len(ASKED), children)
        trial.check(ASKED, decided)


def test_what_is_lost_doubled_or_changed_fails_the_benchmark(on: Ground) -> None:
    with Trial(on, WORLD, on.settings.app_id, {"partitions": 2}) as trial:
        trial.send(ASKED)
        with trial.running(GATE, workers=2) as children:
            decided = trial.decided(len(ASKED), children)
        trial.check(ASKED, decided)
        others = next(one for one in decided if one.verdict is not decided[0].verdict)
        for wrong, finding in (
            (decided[1:], "records of requests: 59, not 60"),
            ([*decided[1:], decided[1]], "requests with a record: 59, not 60"),
            ([replace(decided[0], decision_id=decided[1].decision_id), *decided[1:]], "distinct decisions"),
            ([replace(decided[0], verdict=others.verdict), *decided[1:]], "verdicts"),
        ):
            with pytest.raises(TrialError, match=finding):
                trial.check(ASKED, wrong)
        forwarded_less = [replace(one, verdict=others.verdict) for one in ASKED]
        with pytest.raises(TrialError, match="releases"):
            trial.check(forwarded_less, decided)


def test_a_contender_that_ends_is_told_with_what_it_said(on: Ground) -> None:
    with (
        Trial(on, WORLD, on.settings.app_id) as trial,
        trial.running("nobody") as children,
        pytest.raises(UnavailableError, match=r"it said: .*nobody"),
    ):
        trial.decided(1, children)


@pytest.mark.timeout(900)  # alone it takes 210 s, nearly all of it computing
def test_every_bench_runs_and_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module, small in (
        (match, {"REQUESTS": 2_000, "REQUESTS_OF": {}, "CONTENDERS": {"librdkafka_loop": ""}}),
        (latency, {"RATES": (50,), "PEER_RATES": (), "SECONDS": 1.0, "WARM_UP_SECONDS": 0.1}),
        (sweeps, {"REQUESTS": 2_000, "AGREEMENTS": (100,), "PARTITIONS": (2,), "WORKERS": (2,)}),
        (sweeps, {"READS": (2,), "EACH": (1,)}),
        (books_benches, {"BIG": {"agreements": 100, "entities": 250}, "STARTS": 2, "REVOCATIONS": 3}),
        (books_benches, {"TRAFFIC": 50}),
        (soak, {"SECONDS": 3.0, "FULL_SECONDS": 1.0, "REQUESTS": 1_000, "BURST": 500}),
    ):
        for name, value in small.items():
            monkeypatch.setattr(module, name, value)
    names: Sequence[str] = ("match", *BENCHES)
    run_benches(names, CLOCK, Console(width=120), 1, tmp_path / "report")
    report = orjson.loads((tmp_path / "report" / FILE).read_bytes())
    assert set(BENCHES) < set(report)
    assert report["ratios"]["librdkafka_loop"] > 0
    assert report["revocation"]["samples"] == 3
    assert "revocation, p99 ms" in capsys.readouterr().out
    assert (tmp_path / "report" / "match.png").exists()
