import subprocess
import sys
from pathlib import Path

import pytest

import streams.app
from streams.app import FATAL_EXIT_CODE, build
from streams.clock import SystemClock
from streams.codecs.keyring import new_keyring, write_keyring
from streams.codecs.vault import add_keys
from streams.errors import InputError
from streams.ledger.sealed import months_from
from streams.settings import Settings
from streams.topics import Topics

DIE = """
from streams import app, errors
app.die({error})
"""


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    write_keyring(new_keyring(bytes(range(64))), tmp_path / "keyring.json")
    add_keys(tmp_path / "vault", months_from(SystemClock().now(), 2), bytes)
    return Settings(
        keyring=tmp_path / "keyring.json",
        vault=tmp_path / "vault",
        app_id="an-app",
        instance_id="a-worker",
        partitions=3,
        unsigned_books=True,
    )


def test_without_a_keyring_nothing_is_built() -> None:
    with pytest.raises(InputError, match="no keyring: name its file in ALPR_GATE_KEYRING"):
        build(Settings(unsigned_books=True))


def test_a_keyring_that_is_not_there_is_told(given: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        build(given.model_copy(update={"keyring": tmp_path / "nowhere.json"}))


def test_without_a_vault_nothing_is_built(given: Settings) -> None:
    with pytest.raises(InputError, match="no vault: name its folder in ALPR_GATE_VAULT"):
        build(given.model_copy(update={"vault": None}))


def test_a_vault_without_a_key_for_this_month_is_told_at_the_start(given: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the vault has no key for 2"):
        build(given.model_copy(update={"vault": tmp_path / "empty"}))


def test_unsigned_books_have_to_be_asked_for(given: Settings) -> None:
    with pytest.raises(
        InputError, match=r"no custodians: .*ALPR_GATE_CUSTODIANS.*ALPR_GATE_UNSIGNED_BOOKS=1"
    ):
        build(given.model_copy(update={"unsigned_books": False}))


def test_a_worker_is_a_faust_app_that_leaves_commits_and_topics_to_the_gate(given: Settings) -> None:
    conf = build(given).conf
    assert (conf.id, conf.consumer_group_instance_id) == ("an-app", "a-worker")
    assert (conf.topic_allow_declare, conf.topic_disable_leader, conf.web_enabled) == (False, True, False)
    assert conf.broker_request_timeout > conf.broker_session_timeout


def test_its_agents_read_an_input_each_and_acknowledge_nothing(given: Settings) -> None:
    app, topics = build(given), Topics.of(given)
    inputs = (
        topics.requests.name,
        topics.queries.name,
        topics.share_changes.name,
        topics.reads.name,
    )
    assert tuple(app.writers) == inputs
    assert {agent.channel.get_topic_name() for agent in app.agents.values()} == set(inputs)
    assert not any(agent.channel.acks for agent in app.agents.values())


def test_before_it_has_started_a_worker_is_not_ready_and_says_why(given: Settings) -> None:
    problems = build(given).readiness().problems
    assert problems[0] == "the books are loading, not current"
    assert "no partition is assigned to this worker" in problems


def test_metrics_tell_of_books_that_are_not_loaded(given: Settings) -> None:
    assert b'alpr_gate_books_state{state="loading"} 1.0' in build(given).render_metrics()


def test_the_module_offers_an_app_and_nothing_else() -> None:
    with pytest.raises(AttributeError, match="application"):
        _ = streams.app.application


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        ("errors.FencedError('another worker')", 75, "FencedError: another worker"),
        ("errors.LedgerError('it breaks')", 4, "LedgerError: it breaks"),
        ("ValueError('who knew')", FATAL_EXIT_CODE, "ValueError"),
    ],
)
def test_a_fatal_fault_is_one_line_and_an_exit_code(error: str, code: int, line: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", DIE.format(error=error)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == code
    assert f"alpr-gate: fatal: {line}\n" in ended.stderr


def test_metrics_tell_for_how_many_months_there_are_keys(given: Settings) -> None:
    assert b"alpr_gate_vault_months 2.0" in build(given).render_metrics()
