import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from streams.bench.benches import BENCHES
from streams.bench.chart import draw
from streams.bench.deciding import deciding
from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.machine import LIBRARIES, machine
from streams.bench.match import finding_of
from streams.bench.report import FILE, TARGETS, Target, figure, merged, print_targets, write_report
from streams.cli.bench import NAMES, bench
from streams.clock import ManualClock
from streams.errors import InputError
from streams.settings import Settings
from tests.bench.test_match import MATCH
from tests.gate.bench import KEYRING
from tests.policy.building import NOW

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MATCHED = finding_of(MATCH)


def finding(**figures: object) -> Finding:
    return Finding(title="", columns=("a",), rows=[], figures=figures)


def test_the_ratios_stand_at_the_top_of_the_file(tmp_path: Path) -> None:
    path = write_report(tmp_path, merged(tmp_path, {"match": MATCHED}, {"cores": 2}, AT))
    report = orjson.loads(path.read_bytes())
    assert report["ratios"]["quix_streams"] == 2.0
    assert (report["measured_at"], report["machine"]) == ("2026-03-01T12:00:00+00:00", {"cores": 2})


def test_a_bench_alone_replaces_its_own_part(tmp_path: Path) -> None:
    first = merged(tmp_path, {"match": MATCHED, "soak": finding(last_mib=1)}, {"cores": 2}, AT)
    write_report(tmp_path, first)
    report = merged(tmp_path, {"soak": finding(last_mib=2)}, {"cores": 4}, AT)
    assert report["ratios"] == first["ratios"]
    assert report["machine"] == {"cores": 2}
    assert figure(report, ("soak", "last_mib")) == 2
    assert figure(report, ("soak", "machine", "cores")) == 4


def test_a_file_that_is_no_report_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    with pytest.raises(InputError, match="expected the report of an earlier run"):
        merged(tmp_path, {}, {}, AT)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        write_report(tmp_path / "taken", {})


def test_a_target_is_met_or_missed_and_one_without_a_figure_is_left_out() -> None:
    out = StringIO()
    report = {"ratios": {"quix_streams": 1.4}, "decide": {"growth": 1.05}}
    print_targets(report, Console(file=out, width=120))
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["throughput,", "gate", "÷", "quix_streams", "1.4", "≥", "1.5", "missed"] in lines
    assert any(line[-1:] == ["met"] and "growth" in line for line in lines)
    assert not any("librdkafka_loop" in line for line in lines)


@pytest.mark.parametrize(("at_least", "good", "bad"), [(True, 2.0, 1.9), (False, 2.0, 2.1)])
def test_the_limit_itself_is_good_enough(*, at_least: bool, good: float, bad: float) -> None:
    target = Target(text="", path=(), limit=2.0, at_least=at_least)
    assert target.met(good)
    assert not target.met(bad)


def test_every_target_of_the_match_leads_to_a_figure() -> None:
    report = merged(Path("nowhere"), {"match": MATCHED}, {}, AT)
    of_the_match = [target for target in TARGETS if target.path[0].endswith("ratios")]
    assert len(of_the_match) == 6
    assert all(figure(report, target.path) is not None for target in of_the_match)


def test_the_chart_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    report = dict(MATCHED.figures)
    png, svg = draw(report, tmp_path)
    first = svg.read_bytes()
    assert png.read_bytes().startswith(b"\x89PNG")
    assert b"Quix Streams" in first
    draw(report, tmp_path)
    assert svg.read_bytes() == first


def test_the_machine_is_told_with_every_library() -> None:
    told = machine()
    assert set(LIBRARIES) < set(told)
    assert told["kafka"]
    assert told["processor"]


def test_deciding_is_measured_for_every_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("streams.bench.deciding.SIZES", (10, 20))
    ground = Ground(settings=Settings(), keyring=KEYRING, folder=tmp_path, clock=ManualClock(NOW))
    found = deciding(ground)
    assert [row[0] for row in found.rows] == ["10", "20"]
    assert figure(found.figures, ("by_agreements", "20", "p99_microseconds"))


def test_the_command_names_every_bench() -> None:
    assert set(NAMES) == {"match", *BENCHES}


def test_without_the_peers_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "streams.bench.benches", None)
    with pytest.raises(InputError, match=r"pip install 'alpr-gate\[bench\]'"):
        bench.main(["decide"], standalone_mode=False)
