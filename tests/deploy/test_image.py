"""The image is built of what is there, runs as nobody, and makes its keyring once."""

import os
import re
import runpy
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from streams.clock import SystemClock
from streams.codecs.access_tokens import add_token, load_tokens, new_token
from streams.codecs.custodians import read_custodians
from streams.codecs.keyring import load_keyring
from streams.codecs.signers import load_signers
from streams.codecs.signing_key import load_signing_key
from streams.ledger.people import people_among
from streams.ledger.sealed import month_of
from streams.ledger.signed_note import read_verifier
from streams.policy.vocabulary import EntityId

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]
COPIED = [
    source
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    for source in line.split()[:-1]
]
NEW_KEYS = ROOT / "deploy" / "gate" / "new_keys.py"


def test_the_base_is_pinned_and_the_same_for_both_stages() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.12\.\d+-slim-\w+", bases[0])


@pytest.mark.parametrize("source", COPIED)
def test_what_the_image_copies_is_there(source: str) -> None:
    assert (ROOT / source).exists()


@pytest.mark.parametrize("source", COPIED)
def test_what_the_image_copies_reaches_the_builder(source: str) -> None:
    ignore = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line.removeprefix("!") for line in ignore if line.startswith("!")]
    assert any(
        source == path or source.startswith(f"{path}/") for path in (p.removeprefix("./") for p in allowed)
    )


def test_the_image_runs_as_a_user_without_rights() -> None:
    assert re.search(r"^USER 10001:10001$", FINAL, re.MULTILINE)


def test_the_image_carries_no_key() -> None:
    assert "keyring.json" not in DOCKERFILE


def test_the_image_has_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert compose["services"]["gate"]["image"] == f"alpr-gate:{version}"


def test_the_script_for_keys_stands_where_compose_starts_it() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    started = compose["services"]["keys"]["entrypoint"][1]
    assert f"COPY deploy/gate/new_keys.py {started}" in FINAL


def _run(keyring: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "ALPR_GATE_KEYRING": str(keyring),
        "ALPR_GATE_VAULT": str(keyring.parent / "vault"),
        "ALPR_GATE_CUSTODIANS": str(keyring.parent / "custodians"),
        "ALPR_GATE_BOOKS_OWNER": str(keyring.parent / "owner.pub"),
        "CUSTODIAN_KEYS": str(keyring.parent),
        "OWNER_KEYS": str(keyring.parent),
        "ALPR_GATE_REVIEWERS": str(keyring.parent / "reviewers"),
        "ALPR_GATE_API_TOKENS": str(keyring.parent / "tokens"),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, str(NEW_KEYS)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_keyring_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    assert _run(path).returncode == 0
    first = load_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _run(path).returncode == 0
    assert load_keyring(path) == first


def test_custodians_and_an_owner_have_keys_that_stay(tmp_path: Path) -> None:
    assert _run(tmp_path / "keyring.json").returncode == 0
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    custodians, _ = read_custodians(tmp_path / "custodians")
    keys = [load_signing_key(tmp_path / f"{name}.key") for name in ("first", "second", "owner")]
    assert custodians == tuple(key.verifier for key in keys[:2])
    assert people_among(custodians, custodians) == 2
    assert read_verifier((tmp_path / "owner.pub").read_text(encoding="utf-8")) == keys[2].verifier
    assert _run(tmp_path / "keyring.json").returncode == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == first


def test_keys_of_months_are_made_and_those_that_are_there_stay(tmp_path: Path) -> None:
    assert _run(tmp_path / "keyring.json").returncode == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "vault").iterdir()}
    assert f"{month_of(SystemClock().now())}.key" in first
    assert _run(tmp_path / "keyring.json").returncode == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "vault").iterdir()} == first


def test_lists_are_begun_empty_and_what_is_in_them_stays(tmp_path: Path) -> None:
    assert _run(tmp_path / "keyring.json").returncode == 0
    assert (load_signers(tmp_path / "reviewers", "reviewers"), load_tokens(tmp_path / "tokens")) == ((), ())
    add_token(tmp_path / "tokens", EntityId("us-ca-pasadena-pd"), new_token(bytes(32)))
    assert _run(tmp_path / "keyring.json").returncode == 0
    assert len(load_tokens(tmp_path / "tokens")) == 1


def test_a_keyring_that_others_can_read_is_refused_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    _run(path)
    path.chmod(0o644)
    before = path.read_bytes()
    refused = _run(path)
    assert refused.returncode == 2
    assert "chmod 600" in refused.stderr
    assert path.read_bytes() == before


def test_importing_the_script_makes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALPR_GATE_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("ALPR_GATE_VAULT", str(tmp_path / "vault"))
    runpy.run_path(str(NEW_KEYS))
    assert list(tmp_path.iterdir()) == []
