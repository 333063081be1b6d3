"""How a worker ends that cannot begin: with one line and an exit code, as a process of its own."""

from pathlib import Path

import pytest

from streams.kafka.ports import free_port
from streams.settings import Settings
from tests.gatehouse import Gatehouse
from tests.workers import Worker

UNAVAILABLE = 69
BAD_INPUT = 2


async def one_line_of(worker: Worker, code: int) -> str:
    """Return what it ended with, once it is seen that it is one line without a traceback."""
    assert await worker.ended() == code, worker.said
    assert "Traceback" not in worker.said
    assert worker.last_words.count("\n") == 0
    return worker.last_words


@pytest.mark.kafka
async def test_without_a_broker_it_says_where_none_answers(house: Gatehouse, tmp_path: Path) -> None:
    servers = f"127.0.0.1:{free_port()}"
    settings = house.settings.model_copy(update={"bootstrap_servers": servers})
    worker = await Worker.start(settings, tmp_path / "log")
    assert f"no Kafka answers at `{servers}`" in await one_line_of(worker, UNAVAILABLE)


async def test_without_a_keyring_it_says_how_to_make_one(tmp_path: Path) -> None:
    worker = await Worker.start(Settings(unsigned_books=True), tmp_path / "log")
    assert "`alpr-gate requests keyring`" in await one_line_of(worker, BAD_INPUT)


@pytest.mark.kafka
async def test_without_custodians_it_says_how_to_have_some(house: Gatehouse, tmp_path: Path) -> None:
    settings = house.settings.model_copy(update={"unsigned_books": False})
    worker = await Worker.start(settings, tmp_path / "log")
    said = await one_line_of(worker, BAD_INPUT)
    assert "no custodians" in said
    assert "ALPR_GATE_UNSIGNED_BOOKS=1" in said


@pytest.mark.kafka
async def test_with_a_wrong_setting_it_says_which(house: Gatehouse, tmp_path: Path) -> None:
    settings = house.settings.model_copy(update={"stale_after": -1.0})
    worker = await Worker.start(settings, tmp_path / "log")
    assert "STALE_AFTER" in await one_line_of(worker, BAD_INPUT)


@pytest.mark.kafka
async def test_on_a_port_that_is_taken_it_says_so(house: Gatehouse) -> None:
    first = await (await house.worker()).ready(partitions=2)
    port = first.settings.web_port
    second = await house.worker("worker-2", web_port=port)
    assert f"cannot listen on `127.0.0.1:{port}`" in await one_line_of(second, UNAVAILABLE)
