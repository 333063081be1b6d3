"""What holds for every command: its help, and how it ends when something is missing or wrong."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from streams.cli import COMMANDS, INTERRUPTED, cli
from streams.clock import SystemClock
from streams.codecs.access_tokens import TOKEN_BYTES, add_token, new_token
from streams.codecs.keyring import KEY_BYTES, new_keyring, write_keyring
from streams.codecs.signing_key import new_signing_key, write_signing_key
from streams.codecs.vault import add_keys
from streams.examples import example_path
from streams.ledger.disclosure_note import disclosure_text
from streams.ledger.sealed import months_from
from streams.ledger.signed_note import note_by
from streams.policy.vocabulary import EntityId
from tests.adapters.queries.samples import ORGANISATION_HEADS, ORGANISATION_ROW, written
from tests.interruptible import interruptible
from tests.policy.legal_process import DISCLOSURE

GATE = str(Path(sys.executable).with_name("alpr-gate"))
NOWHERE = "127.0.0.1:1"
# Far below the time after which somebody would think that it hangs.
BOUNDED_SECONDS = 30
EXAMPLE = "<example>"
SIGNING_KEY = "<signing-key>"
SIGNED = "<signed>"
AUDIT = "<audit>"
SIGNING = new_signing_key("ledger", bytes(range(32)))
VERIFIER = str(SIGNING.verifier)

# Every command that needs a broker, with arguments that are right.
ON_A_BROKER = (
    "run",
    f"requests send {EXAMPLE} --as us-ca-pasadena-pd",
    "api serve",
    "live list",
    "live reconcile",
    "who-got 8ABC123 --from 2026-01-01 --to 2026-02-01 --reason why",
    "releases serve",
    "releases list",
    f"queries import {AUDIT} --format flock-organization-audit",
    f"queries reconcile {AUDIT} --format flock-organization-audit",
    f"agreements apply {EXAMPLE}agreements.yaml",
    "agreements list",
    "agreements lint",
    f"agreements import {EXAMPLE}policy.yaml --output drafts.yaml",
    "agreements show ex-burbank-pd",
    "agreements revoke ex-burbank-pd --reason terminated",
    f"entities apply {EXAMPLE}registry.yaml",
    "entities list",
    "entities show us-ca-lapd",
    f"policy apply {EXAMPLE}policy.yaml",
    "policy show",
    "books proposals",
    f"books own --key {SIGNING_KEY} --memory nowhere",
    "books show 3f9c2a",
    f"books approve 3f9c2a --key {SIGNING_KEY}",
    f"books reject 3f9c2a --key {SIGNING_KEY} --reason slip",
    f"evidence apply {EXAMPLE}evidence_holds.yaml",
    "evidence list",
    "evidence show ex-evidence-26-001234",
    "evidence verify ex-evidence-26-001234 --reason trial",
    "evidence release ex-evidence-26-001234 --reason closed",
    "tasks list",
    "tasks confirm-removed",
    "drift",
    "tasks confirm agreement/ex-burbank-pd --reference ticket",
    f"processors apply {EXAMPLE}processors.yaml",
    "processors list",
    "processors lint",
    f"users apply {EXAMPLE}users.yaml",
    "users list",
    "users lint",
    "review list",
    "review show a-decision",
    f"review approve a-decision --clears REASON_NEEDS_REVIEW --reason why --key {SIGNING_KEY}",
    f"review deny a-decision --reason why --key {SIGNING_KEY}",
    f"review return a-decision --reason why --key {SIGNING_KEY}",
    f"review second-look a-decision --found in_order --reason why --key {SIGNING_KEY}",
    "review watch",
    f"disclosure submit {SIGNED}",
    "disclosure list",
    "disclosure show a-decision",
    f"backtest --agreements {EXAMPLE}agreements.yaml",
    f"shadow --agreements {EXAMPLE}agreements.yaml",
    "explain a-decision",
    "marks list",
    "marks pass-over 4711 --reason why",
    "tail decisions --until-now",
    "tail alerts",
    f"publish public --policy-text {EXAMPLE}policy_text.yaml",
    f"compliance-pack pack --policy-text {EXAMPLE}policy_text.yaml",
    "audit sample audit.jsonl --seed s --size 5 --from 2020-01-01 --until 2020-02-01",
    "ledger verify",
    "ledger reconcile",
    f"ledger sign --once --key {SIGNING_KEY}",
    f"ledger prove a-decision --verifier {VERIFIER}",
    "ledger open a-decision --reason why",
    "ledger actions",
    "queries verify",
    "queries open an-access --reason why",
)
WITHOUT_A_BROKER = (
    "demo",
    "reads parse",
    "queries screen",
    "reads serve",
    "bench",
    "decide",
    "test",
    "audit record",
    "audit report",
    "audit check",
    "agreements diff",
    "ledger key",
    "review key",
    "disclosure draft",
    "disclosure sign",
    "ledger witness",
    "ledger check",
    "ledger vault",
    "ledger order-shred",
    "ledger shred",
    "requests keyring",
    "api token",
    "broker start",
    "broker status",
    "broker stop",
    "flow",
)


def paths(command: click.Command, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and group, the outermost first."""
    yield above
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            child = command.get_command(click.Context(command), name)
            assert child is not None
            yield from paths(child, (*above, name))


PATHS = tuple(paths(cli))
GROUPS = [path for path in PATHS if any(other[:-1] == path for other in PATHS if other)]


def gate(command: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    keyring = folder / "keyring.json"
    write_keyring(new_keyring(bytes(range(2 * KEY_BYTES))), keyring)
    write_signing_key(SIGNING, folder / "ledger.key")
    add_keys(folder / "vault", months_from(SystemClock().now(), 2), bytes)
    add_token(folder / "tokens", EntityId("us-ca-pasadena-pd"), new_token(bytes(TOKEN_BYTES)))
    note = str(note_by(SIGNING, disclosure_text("alpr-gate/ledger", DISCLOSURE)))
    (folder / "disclosure.signed").write_text(note, encoding="utf-8")
    (folder / "request.json").write_text("", encoding="utf-8")
    (folder / "audit.csv").write_bytes(written(ORGANISATION_HEADS, ORGANISATION_ROW))
    (folder / "custodians").write_text(f"{VERIFIER}\n", encoding="utf-8")
    examples = f"{example_path('policy.yaml').parent}/"
    words = [word.replace(EXAMPLE, examples) for word in command.split()]
    words = [str(folder / "ledger.key") if word == SIGNING_KEY else word for word in words]
    words = [str(folder / "disclosure.signed") if word == SIGNED else word for word in words]
    words = [str(folder / "audit.csv") if word == AUDIT else word for word in words]
    words = [str(folder / "request.json") if word == examples else word for word in words]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KAFKA_", "ALPR_"))}
    return subprocess.run(
        [GATE, *words],
        capture_output=True,
        text=True,
        timeout=BOUNDED_SECONDS,
        check=False,
        env={
            **clean,
            "ALPR_GATE_KEYRING": str(keyring),
            "ALPR_GATE_VAULT": str(folder / "vault"),
            "ALPR_GATE_API_TOKENS": str(folder / "tokens"),
            "ALPR_GATE_CUSTODIANS": str(folder / "custodians"),
            "ALPR_GATE_REVIEWERS": str(folder / "custodians"),
            **environment,
        },
    )


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_has_a_first_sentence_and_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*path, "--help"])
    assert shown.exit_code == 0
    examples = [line for line in shown.stdout.splitlines() if line.strip().startswith("Example: ")]
    assert len(examples) == 1
    assert " ".join(("alpr-gate", *path)) in examples[0]
    assert "\\b" not in shown.stdout
    assert "\b" not in shown.stdout


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_the_list_of_commands_tells_each_in_whole_words(path: tuple[str, ...]) -> None:
    assert "..." not in CliRunner().invoke(cli, [*path, "--help"]).stdout.partition("Commands:")[2]


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_an_unknown_command_is_named_with_exit_code_2(path: tuple[str, ...]) -> None:
    failed = CliRunner().invoke(cli, [*path, "nonsense"])
    assert failed.exit_code == 2
    assert "No such command 'nonsense'" in failed.stderr


def test_every_command_is_known_to_these_tests() -> None:
    named = {tuple(word for word in each.split())[:2] for each in (*ON_A_BROKER, *WITHOUT_A_BROKER)}
    leaves = [path for path in PATHS if path not in GROUPS]
    assert [path for path in leaves if not any(path == words[: len(path)] for words in named)] == []


def test_the_table_says_what_each_commands_own_help_says() -> None:
    for name, (_, _, text) in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert command.name == name
        assert text.endswith(".")


@pytest.mark.parametrize("command", ON_A_BROKER)
def test_without_a_broker_it_ends_in_one_line_that_says_where_it_looked(command: str, tmp_path: Path) -> None:
    failed = gate(command, tmp_path, KAFKA_BOOTSTRAP_SERVERS=NOWHERE)
    lines = failed.stderr.splitlines()
    assert failed.returncode == 69, failed.stderr
    assert lines[-1].startswith("alpr-gate: ")
    assert f"no Kafka answers at `{NOWHERE}`; start one with" in lines[-1]
    # A worker logs as well; what is no worker says nothing else.
    assert command == "run" or len(lines) == 1
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("command", [*ON_A_BROKER, "broker start --port 0", "demo --count 1"])
def test_a_wrong_setting_ends_every_command_in_one_line_that_names_it(command: str, tmp_path: Path) -> None:
    failed = gate(command, tmp_path, ALPR_GATE_PARTITIONS="x")
    assert failed.returncode == 2
    assert failed.stderr.startswith("alpr-gate: setting ALPR_GATE_PARTITIONS: ")
    assert failed.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", " ", "setting KAFKA_BOOTSTRAP_SERVERS: expected host:port, got nothing"),
        ("ALPR_GATE_WEB_PORT", "70000", "setting ALPR_GATE_WEB_PORT: "),
        ("ALPR_GATE_PARTITONS", "4", "there is no setting `ALPR_GATE_PARTITONS`"),
    ],
)
def test_a_setting_is_told_by_its_own_name(name: str, value: str, told: str, tmp_path: Path) -> None:
    failed = gate("policy show", tmp_path, **{name: value})
    assert (failed.returncode, failed.stderr.count("\n")) == (2, 1)
    assert failed.stderr.startswith(f"alpr-gate: {told}")


def test_ctrl_c_ends_a_command_without_a_word_and_as_shells_expect() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(BOUNDED_SECONDS)
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        command = subprocess.Popen(
            interruptible(GATE, "ledger", "verify"),
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": where, "ALPR_GATE_UNSIGNED_BOOKS": "1"},
        )
        connection, _ = silent.accept()
        with connection:
            command.send_signal(signal.SIGINT)
            _, error = command.communicate(timeout=BOUNDED_SECONDS)
    assert (command.returncode, error) == (INTERRUPTED, "")
