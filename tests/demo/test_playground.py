from pathlib import Path

import psutil
import pytest

from streams.clock import SystemClock
from streams.codecs.keyring import KEY_BYTES, load_keyring, new_keyring
from streams.demo.material import simulated_day
from streams.demo.people import people_in
from streams.demo.playground import Playground, owner, playground, worker
from streams.demo.story import fill_books
from streams.errors import InputError, UnavailableError
from streams.kafka.ports import answers
from streams.settings import Settings, load_settings

KEYRING = new_keyring(bytes(range(2 * KEY_BYTES)))


def test_the_environment_gives_another_process_the_same_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(
        bootstrap_servers="a:1,b:2", keyring=tmp_path / "k", slice_seconds=0.5, log_json=True, web_port=0
    )
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


async def test_a_worker_that_ends_at_once_is_told_by_what_it_said(tmp_path: Path) -> None:
    settings = Settings(
        bootstrap_servers="127.0.0.1:1",
        keyring=tmp_path / "none.json",
        vault=tmp_path,
        web_port=1,
        unsigned_books=True,
    )
    ground = Playground(settings=settings, log=tmp_path / "worker.log", people=people_in(tmp_path))
    with pytest.raises(UnavailableError, match=r"did not become ready; it said: .*none\.json") as raised:
        async with worker(ground, SystemClock()):
            raise AssertionError
    assert "\n" not in str(raised.value)


async def test_a_wrong_setting_is_told_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALPR_GATE_BATCH_RECORDS", "many")
    with pytest.raises(InputError, match="setting ALPR_GATE_BATCH_RECORDS"):
        async with playground(1, KEYRING):
            raise AssertionError


@pytest.mark.kafka
async def test_settings_of_the_environment_hold_but_the_kafka_is_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    monkeypatch.setenv("ALPR_GATE_REPLICATION_FACTOR", "3")
    monkeypatch.setenv("ALPR_GATE_BATCH_RECORDS", "7")
    async with playground(3, KEYRING) as ground:
        settings, folder = ground.settings, ground.log.parent
        port = int(settings.bootstrap_servers.removeprefix("127.0.0.1:"))
        assert answers(port)
        assert (settings.batch_records, settings.partitions, settings.replication_factor) == (7, 3, 1)
        assert settings.keyring is not None
        assert load_keyring(settings.keyring) == KEYRING
    assert not answers(port)
    assert not folder.exists()


@pytest.mark.kafka
async def test_a_worker_is_ready_when_it_is_there_and_gone_afterwards() -> None:
    before = set(psutil.Process().children(recursive=True))
    clock = SystemClock()
    async with playground(1, KEYRING) as ground:
        # Without a policy in force no worker is ever ready.
        await fill_books(ground, clock, simulated_day(KEYRING, clock.now(), 1), lambda _: None)
        async with owner(ground), worker(ground, SystemClock()):
            assert ground.log.exists()
            running = set(psutil.Process().children(recursive=True)) - before
            assert any(process.cmdline()[-1] == "run" for process in running)
            assert any("own" in process.cmdline() for process in running)
        left = set(psutil.Process().children(recursive=True)) - before
        assert not any({"run", "own"} & set(process.cmdline()) for process in left)
    assert not any(process.is_running() for process in running)
