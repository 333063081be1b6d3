"""The pages, asked by a real client over a real socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from streams.books.state import BooksState
from streams.errors import UnavailableError
from streams.metrics import Metrics
from streams.web import CURRENT, SECURITY_HEADERS, Pages, Readiness, serve

READY = Readiness(books_state="current", books_revision=42, partitions=(0, 1))
HOST = "127.0.0.1"


@dataclass
class Worker:
    """What a worker tells its pages; a test changes it."""

    readiness: Readiness = READY
    metrics: Metrics = field(default_factory=Metrics)

    def pages(self) -> Pages:
        return Pages(metrics=self.metrics.render, readiness=lambda: self.readiness)


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
async def client(worker: Worker) -> AsyncIterator[ClientSession]:
    async with serve(HOST, 0, worker.pages()) as port, ClientSession(f"http://{HOST}:{port}") as session:
        yield session


async def _ready(client: ClientSession) -> tuple[int, dict[str, Any]]:
    async with client.get("/readyz") as response:
        return response.status, await response.json()


async def test_a_worker_that_answers_is_alive(client: ClientSession) -> None:
    async with client.get("/healthz") as response:
        assert (response.status, await response.json()) == (200, {"alive": True})


async def test_a_worker_is_alive_even_when_it_cannot_decide(client: ClientSession, worker: Worker) -> None:
    worker.readiness = replace(READY, books_state="failed", partitions=())
    async with client.get("/healthz") as response:
        assert response.status == 200


async def test_ready_means_current_books_and_writers_for_all_partitions(client: ClientSession) -> None:
    assert await _ready(client) == (
        200,
        {"ready": True, "problems": [], "books": {"state": "current", "revision": 42}, "partitions": [0, 1]},
    )


@pytest.mark.parametrize(
    ("readiness", "problems"),
    [
        (replace(READY, books_state="loading"), ["the books are loading, not current"]),
        (replace(READY, books_state="stale"), ["the books are stale, not current"]),
        (replace(READY, books_state="failed"), ["the books are failed, not current"]),
        (replace(READY, books_state=""), ["the books are , not current"]),
        (
            replace(READY, has_policy=False),
            ["the books hold no policy; apply one with `alpr-gate policy apply FILE`"],
        ),
        (replace(READY, partitions=()), ["no partition is assigned to this worker"]),
        (replace(READY, waiting=(1,)), ["no writer is ready for partition 1"]),
        (replace(READY, waiting=(0, 1)), ["no writer is ready for partition 0, 1"]),
        (
            Readiness(books_state="stale", books_revision=-1, partitions=()),
            ["the books are stale, not current", "no partition is assigned to this worker"],
        ),
    ],
)
async def test_not_ready_says_every_reason(
    client: ClientSession, worker: Worker, readiness: Readiness, problems: list[str]
) -> None:
    worker.readiness = readiness
    status, told = await _ready(client)
    assert (status, told["ready"], told["problems"]) == (503, False, problems)


async def test_readiness_is_asked_anew_each_time(client: ClientSession, worker: Worker) -> None:
    worker.readiness = replace(READY, waiting=(0,))
    before, _ = await _ready(client)
    worker.readiness = READY
    after, _ = await _ready(client)
    assert (before, after) == (503, 200)


def test_the_word_for_current_is_that_of_the_books() -> None:
    assert BooksState.CURRENT.value == CURRENT


async def test_metrics_are_served_as_prometheus_reads_them(client: ClientSession, worker: Worker) -> None:
    worker.metrics.set_books("current", 42, 0.1)
    async with client.get("/metrics") as response:
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert families["alpr_gate_books_revision"].samples[0].value == 42


@pytest.mark.parametrize("path", ["/", "/table/", "/metrics/", "/healthz/x", "/..%2fetc", "/7ABC123"])
async def test_every_other_path_is_not_found_and_not_echoed(client: ClientSession, path: str) -> None:
    async with client.get(path) as response:
        assert response.status == 404
        assert "7ABC123" not in await response.text()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_the_pages_are_for_reading_only(client: ClientSession, method: str) -> None:
    async with client.request(method, "/metrics") as response:
        assert response.status == 405


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/nothing"])
async def test_every_answer_carries_the_security_headers(client: ClientSession, path: str) -> None:
    async with client.get(path) as response:
        assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


async def test_a_page_that_fails_tells_nothing_of_why(caplog: pytest.LogCaptureFixture) -> None:
    def failing() -> bytes:
        raise RuntimeError("7ABC123")

    pages = Pages(metrics=failing, readiness=lambda: READY)
    async with serve(HOST, 0, pages) as port, ClientSession(f"http://{HOST}:{port}") as session:
        async with session.get("/metrics") as response:
            assert response.status == 500
            assert "7ABC123" not in await response.text()
        assert [record.name for record in caplog.records] == ["aiohttp.server"]


async def test_a_port_in_use_says_which_and_what_to_set(worker: Worker) -> None:
    async with serve(HOST, 0, worker.pages()) as port:
        with pytest.raises(UnavailableError, match=rf"`{HOST}:{port}`.*ALPR_GATE_WEB_PORT"):
            async with serve(HOST, port, worker.pages()):
                pass


async def test_the_port_is_free_again_afterwards(worker: Worker) -> None:
    async with serve(HOST, 0, worker.pages()) as port:
        pass
    async with serve(HOST, port, worker.pages()) as again:
        assert again == port
