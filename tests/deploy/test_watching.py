"""Prometheus, Alertmanager and Grafana ask for what exists: metrics, labels, targets and runbook sections."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from streams.adapters.api.meter import Meter
from streams.adapters.reads.feed_file import read_feeds
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.spool import Backlog
from streams.clock import SystemClock
from streams.custody.watching import Owed
from streams.metric_names import API_METRICS, METRICS, READS_METRICS, REVIEW_METRICS, Input
from streams.metrics import BatchSummary, Metrics

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FEEDS = f"""
reference_key: {bytes(32).hex()}
feeds: [{{name: a, format: axis, network: A, zone: UTC, mqtt_topic: a}}]
"""


def _yaml(path: str) -> Any:
    return yaml.safe_load((DEPLOY / path).read_text(encoding="utf-8"))


def _samples() -> Iterator[tuple[str, dict[str, str]]]:
    metrics = Metrics()
    metrics.observe_batch(BatchSummary(partition=0, seq=0, records=1, lag=0))
    queries = metrics.of_input(Input.QUERIES)
    queries.set_lag(0, 0)
    queries.set_position(0, 0)
    looks = generate_latest(Owed(SystemClock()).registry)
    reads = ReadMeter(read_feeds(FEEDS, Path("feeds.yaml")), 1 << 20, SystemClock())
    waiting = reads.render(Backlog(payloads=0, size=0, oldest=None))
    for page in (metrics.render(), Meter(SystemClock()).render(), looks, waiting):
        for family in text_string_to_metric_families(page.decode()):
            for sample in family.samples:
                yield sample.name, sample.labels


SAMPLES = list(_samples())
NAMES = {name for name, _ in SAMPLES}
# Given by Prometheus itself to what it asks, and to alerts.
SCRAPED = {"job", "instance"}
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
PROMETHEUS = _yaml("prometheus/prometheus.yml")
RULES = [rule for group in _yaml("prometheus/rules.yml")["groups"] for rule in group["rules"]]
ALERTMANAGER = _yaml("alertmanager/alertmanager.yml")
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboards" / "alpr-gate.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]] + [
    rule["expr"] for rule in RULES
]
ADDRESSES = {
    f"{name}:{port.rpartition(':')[2]}"
    for name, service in SERVICES.items()
    for port in service.get("ports", ())
}
TARGETS = {
    target
    for holder in [*PROMETHEUS["scrape_configs"], *PROMETHEUS["alerting"]["alertmanagers"]]
    for static in holder["static_configs"]
    for target in static["targets"]
}
SELECTOR = re.compile(r"((?:alpr_gate|process)_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=|!=|=~|!~)"([^"]*)"')

rules = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
panels = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_metrics_that_exist(query: str) -> None:
    asked = {name for name, _ in SELECTOR.findall(query)}
    assert asked <= NAMES
    assert asked or query.startswith(("up{", "ALERTS{"))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_chooses_by_labels_and_values_that_exist(query: str) -> None:
    for name, matchers in SELECTOR.findall(query):
        for label, _, value in MATCHER.findall(matchers):
            known = {labels.get(label) for sample, labels in SAMPLES if sample == name}
            assert set(value.split("|")) <= known or (label == "job" and value == "alpr-gate")


@pytest.mark.parametrize("query", [query for query in QUERIES if " by (" in query])
def test_a_query_groups_by_labels_that_exist(query: str) -> None:
    names = [name for name, _ in SELECTOR.findall(query)]
    known = {label for sample, labels in SAMPLES if sample in names for label in labels} | SCRAPED
    grouped = {label.strip() for group in re.findall(r" by \(([^)]*)\)", query) for label in group.split(",")}
    assert grouped <= known


def test_every_metric_of_ours_is_shown_or_guarded() -> None:
    asked = {
        re.sub(r"_(bucket|sum|count)$", "", name) for query in QUERIES for name, _ in SELECTOR.findall(query)
    }
    assert {spec.name for spec in (*METRICS, *API_METRICS, *REVIEW_METRICS, *READS_METRICS)} <= asked


def test_prometheus_asks_services_at_ports_that_they_have() -> None:
    assert {"127.0.0.1:9090"} == TARGETS - ADDRESSES
    assert "gate:6066" in TARGETS


def test_prometheus_loads_the_rules_that_are_there() -> None:
    assert [name for name in PROMETHEUS["rule_files"] if not (DEPLOY / "prometheus" / name).exists()] == []


def test_the_books_show_within_five_seconds() -> None:
    assert int(PROMETHEUS["global"]["scrape_interval"].removesuffix("s")) <= 5


@rules
def test_an_alert_says_what_how_bad_and_whose(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"AlprGate[A-Z]\w+", rule["alert"])
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["labels"]["team"] in {receiver["name"] for receiver in ALERTMANAGER["receivers"]}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}


@rules
def test_the_runbook_link_of_an_alert_leads_to_its_section(rule: dict[str, Any]) -> None:
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert rule["alert"] in headings
    assert anchor == rule["alert"].lower()


@rules
def test_the_texts_of_an_alert_name_only_labels_that_it_has(rule: dict[str, Any]) -> None:
    named = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
    assert named <= {"feed", "instance", "partition", "reason"}


def test_alerts_go_to_receivers_that_exist() -> None:
    receivers = {receiver["name"] for receiver in ALERTMANAGER["receivers"]}
    route = ALERTMANAGER["route"]
    assert {route["receiver"], *(child["receiver"] for child in route["routes"])} == receivers


def test_an_alert_is_only_silenced_by_and_for_alerts_that_exist() -> None:
    matchers = [text for rule in ALERTMANAGER["inhibit_rules"] for side in ("source", "target")
                for text in rule[f"{side}_matchers"]]  # fmt: skip
    named = {
        name for text in matchers for quoted in re.findall(r'"(.+)"', text) for name in quoted.split("|")
    }
    assert named <= {rule["alert"] for rule in RULES}


def test_no_alert_about_a_violation_is_ever_silenced_by_another() -> None:
    targets = {text for rule in ALERTMANAGER["inhibit_rules"] for text in rule["target_matchers"]}
    security = {rule["alert"] for rule in RULES if rule["labels"]["team"] == "security"}
    assert not any(alert in text for alert in security for text in targets)


def test_grafana_asks_services_at_ports_that_they_have() -> None:
    sources = _yaml("grafana/provisioning/datasources/prometheus.yml")["datasources"]
    assert {source["url"].removeprefix("http://") for source in sources} <= ADDRESSES


def test_grafana_finds_the_dashboards_where_they_are_mounted() -> None:
    path = _yaml("grafana/provisioning/dashboards/alpr-gate.yml")["providers"][0]["options"]["path"]
    assert f"./deploy/grafana/dashboards:{path}:ro" in SERVICES["grafana"]["volumes"]


@panels
def test_a_panel_asks_a_source_that_is_provisioned_and_explains_itself(panel: dict[str, Any]) -> None:
    uids = {
        source["uid"] for source in _yaml("grafana/provisioning/datasources/prometheus.yml")["datasources"]
    }
    assert {panel["datasource"]["uid"], *(target["datasource"]["uid"] for target in panel["targets"])} <= uids
    assert panel["description"].endswith(".")


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    cells = [
        (x, y)
        for grid in (panel["gridPos"] for panel in PANELS)
        for x in range(grid["x"], grid["x"] + grid["w"])
        for y in range(grid["y"], grid["y"] + grid["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def _run(*command: str) -> None:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.services("promtool")
def test_prometheus_accepts_its_configuration() -> None:
    _run("promtool", "check", "config", "deploy/prometheus/prometheus.yml")


@pytest.mark.services("promtool")
def test_each_alert_fires_when_it_must_and_only_then() -> None:
    _run("promtool", "test", "rules", "tests/deploy/alert_rules_test.yml")


def test_each_alert_has_a_case_in_which_it_fires() -> None:
    cases = (ROOT / "tests" / "deploy" / "alert_rules_test.yml").read_text(encoding="utf-8")
    firing = set(re.findall(r'alertname="(\w+)"\}\)\'?.*(?:\n.*)?(?:\n.*)?exp_samples: \[\{', cases))
    assert firing == {rule["alert"] for rule in RULES}


@pytest.mark.services("amtool")
def test_alertmanager_accepts_its_configuration() -> None:
    _run("amtool", "check-config", "deploy/alertmanager/alertmanager.yml")
