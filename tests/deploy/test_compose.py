"""The compose file fits the settings, the files it mounts, and itself."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from streams.adapters.api.tls import server_context
from streams.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BUILT = {name for name, service in SERVICES.items() if "build" in service}
PUBLISHED = {"kafka": (9092,), "gate": (6066,), "api": (7390, 7391), "reviews": (7392,),
             "prometheus": (9090,), "alertmanager": (9093,), "grafana": (3000,)}  # fmt: skip

services = pytest.mark.parametrize("name", SERVICES)


class Mount(NamedTuple):
    """One entry of a service's volumes."""

    source: str
    target: str
    mode: str

    @property
    def is_file(self) -> bool:
        """Return whether a file or folder of the project is mounted, not a named volume."""
        return self.source.startswith(".")


def _mounts(name: str) -> list[Mount]:
    entries = [entry.split(":") for entry in SERVICES[name].get("volumes", [])]
    return [Mount(entry[0], entry[1], entry[2] if len(entry) > 2 else "rw") for entry in entries]


def _behind(name: str, path: str) -> Path:
    """Return the project's file that the container sees at `path`."""
    mount = next(m for m in _mounts(name) if m.is_file and path.startswith(f"{m.target}/"))
    return ROOT / mount.source / path.removeprefix(f"{mount.target}/")


def _settings(name: str) -> dict[str, str]:
    return {
        key: value
        for key, value in SERVICES[name].get("environment", {}).items()
        if key.startswith("ALPR_GATE_") or key == "KAFKA_BOOTSTRAP_SERVERS"
    }


def test_the_services_are_the_gate_its_kafka_its_api_and_what_watches_them() -> None:
    gate = {"kafka", "keys", "gate", "owner", "desk", "api", "reviews"}
    assert set(SERVICES) == gate | {"prometheus", "alertmanager", "grafana"}


@services
def test_every_image_is_pinned_to_an_exact_version(name: str) -> None:
    assert re.fullmatch(r"[\w/-]+:v?\d+\.\d+\.\d+", SERVICES[name]["image"])


@services
def test_no_service_has_more_rights_than_it_needs(name: str) -> None:
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in SERVICES[name]


@services
def test_no_service_runs_as_root(name: str) -> None:
    # What is built here says its user in the Dockerfile, which has a test of its own.
    assert name in BUILT or SERVICES[name]["user"] not in {"", "root", "0", "0:0"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"kafka"}))
def test_every_file_system_but_kafkas_is_read_only(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"keys", "desk"}))
def test_every_service_that_stays_tells_its_health(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize(("name", "ports"), PUBLISHED.items())
def test_a_port_is_published_to_this_machine_alone(name: str, ports: tuple[int, ...]) -> None:
    assert SERVICES[name]["ports"] == [f"127.0.0.1:{port}:{port}" for port in ports]


@services
def test_a_health_check_asks_a_port_that_the_service_has(name: str) -> None:
    asked = re.findall(r"127\.0\.0\.1:(\d+)", " ".join(SERVICES[name].get("healthcheck", {}).get("test", [])))
    assert all(int(port) in PUBLISHED[name] for port in asked)


@services
def test_a_service_waits_for_what_exists_and_can_be_waited_for(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        if wait["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert (wait["condition"], SERVICES[other]["restart"]) == ("service_completed_successfully", "no")


@services
def test_what_is_mounted_exists_and_cannot_be_written(name: str) -> None:
    for mount in _mounts(name):
        if mount.is_file:
            assert (ROOT / mount.source).exists(), mount.source
            assert mount.mode == "ro"


def test_the_volumes_that_are_declared_are_those_that_are_used() -> None:
    used = {mount.source for name in SERVICES for mount in _mounts(name) if not mount.is_file}
    assert used == set(COMPOSE["volumes"])


def test_the_networks_that_are_declared_are_those_that_are_used() -> None:
    assert {net for service in SERVICES.values() for net in service.get("networks", [])} == set(
        COMPOSE["networks"]
    )


@pytest.mark.parametrize(("name", "other"), [("gate", "kafka"), ("owner", "kafka"),
                                             ("desk", "kafka"), ("prometheus", "gate"),
                                             ("api", "kafka"), ("prometheus", "api"),
                                             ("reviews", "kafka"), ("prometheus", "reviews"),
                                             ("prometheus", "alertmanager"), ("grafana", "prometheus"),
                                             ("grafana", "alertmanager")])  # fmt: skip
def test_a_service_shares_a_network_with_what_it_talks_to(name: str, other: str) -> None:
    assert set(SERVICES[name]["networks"]) & set(SERVICES[other]["networks"])


@pytest.mark.parametrize("name", ["prometheus", "alertmanager", "grafana"])
def test_what_watches_cannot_reach_the_records(name: str) -> None:
    assert "records" not in SERVICES[name]["networks"]


@services
def test_every_setting_is_one_of_the_settings(name: str) -> None:
    known = {f"ALPR_GATE_{field.upper()}" for field in Settings.model_fields} | {"KAFKA_BOOTSTRAP_SERVERS"}
    assert set(_settings(name)) <= known


def test_the_settings_of_the_gate_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in _settings("gate").items():
        monkeypatch.setenv(key, value)
    settings = Settings()
    assert settings.servers == ["kafka:19092"]
    assert (settings.web_host, settings.web_port) == ("0.0.0.0", *PUBLISHED["gate"])  # noqa: S104  # what compose says
    assert settings.log_json


def test_the_settings_of_the_api_are_valid_and_let_it_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in _settings("api").items():
        monkeypatch.setenv(key, value)
    settings = Settings()
    assert (settings.api_port, settings.api_metrics_port) == PUBLISHED["api"]
    assert server_context(settings) is None


@pytest.mark.parametrize(
    ("service", "name"),
    [("gate", "ALPR_GATE_REVIEWERS"), ("api", "ALPR_GATE_API_TOKENS"), ("api", "ALPR_GATE_KEYRING")],
)
def test_a_list_is_one_that_is_begun_for_it(service: str, name: str) -> None:
    assert SERVICES[service]["environment"][name] == SERVICES["keys"]["environment"][name]
    assert _mounts(service)[0][:2] == _mounts("keys")[0][:2]


def test_the_api_and_the_gate_mean_the_same_partitions() -> None:
    name = "ALPR_GATE_PARTITIONS"
    assert SERVICES["api"]["environment"][name] == SERVICES["gate"]["environment"][name]
    assert _mounts("api")[0].mode == "ro"


def test_the_gate_is_not_killed_while_it_drains() -> None:
    grace = int(SERVICES["gate"]["stop_grace_period"].removesuffix("s"))
    assert grace > Settings.model_fields["drain_seconds"].default


@pytest.mark.parametrize(
    "name", ["ALPR_GATE_KEYRING", "ALPR_GATE_VAULT", "ALPR_GATE_CUSTODIANS", "ALPR_GATE_BOOKS_OWNER"]
)
def test_the_gate_uses_the_keys_that_are_made_for_it(name: str) -> None:
    gate, keys = SERVICES["gate"], SERVICES["keys"]
    path = gate["environment"][name]
    assert path == keys["environment"][name]
    assert _mounts("gate")[0] == _mounts("keys")[0]
    assert path.startswith(f"{_mounts('gate')[0].target}/")


def test_books_are_signed_and_only_the_desk_and_the_owner_see_a_private_key() -> None:
    for name in ("owner", "desk"):
        assert _settings(name)["ALPR_GATE_CUSTODIANS"] == _settings("gate")["ALPR_GATE_CUSTODIANS"]
    seen = {name: {mount.source for mount in _mounts(name)} for name in SERVICES}
    assert {name for name, sources in seen.items() if "custodian-keys" in sources} == {"keys", "desk"}
    assert {name for name, sources in seen.items() if "owner-data" in sources} == {"keys", "owner"}
    made = {mount.target for mount in _mounts("keys")[1:]}
    assert made == {SERVICES["keys"]["environment"][name] for name in ("CUSTODIAN_KEYS", "OWNER_KEYS")}
    assert made == {SERVICES[name]["working_dir"] for name in ("owner", "desk")}


def test_the_gate_finds_kafka_at_the_listener_of_its_network() -> None:
    kafka = SERVICES["kafka"]["environment"]
    advertised = dict(part.split("://") for part in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    listening = dict(part.split("://") for part in kafka["KAFKA_LISTENERS"].split(","))
    assert SERVICES["gate"]["environment"]["KAFKA_BOOTSTRAP_SERVERS"] == advertised["INSIDE"]
    assert all(
        address.rpartition(":")[2] == listening[name].rpartition(":")[2]
        for name, address in advertised.items()
    )
    assert set(listening) == {
        part.split(":")[0] for part in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    }
    assert advertised["HOST"] == "127.0.0.1:9092"


def test_kafka_makes_no_topic_by_itself() -> None:
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_kafka_keeps_its_data_on_its_volume() -> None:
    assert SERVICES["kafka"]["environment"]["KAFKA_LOG_DIRS"] == _mounts("kafka")[0].target


@pytest.mark.parametrize("name", ["prometheus", "alertmanager"])
def test_a_watcher_reads_a_configuration_that_is_mounted(name: str) -> None:
    flags = dict(flag.removeprefix("--").split("=") for flag in SERVICES[name]["command"])
    config = _behind(name, flags["config.file"])
    assert isinstance(yaml.safe_load(config.read_text(encoding="utf-8")), dict)
    storage = flags.get("storage.tsdb.path") or flags["storage.path"]
    assert storage in {mount.target for mount in _mounts(name) if not mount.is_file}


def test_the_home_of_grafana_is_a_dashboard_that_is_mounted() -> None:
    assert _behind(
        "grafana", SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    ).exists()


def test_grafana_lets_nobody_in_with_a_password_that_everybody_knows() -> None:
    grafana = SERVICES["grafana"]["environment"]
    assert grafana["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert grafana["GF_AUTH_DISABLE_LOGIN_FORM"] == "true"
    assert grafana["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
