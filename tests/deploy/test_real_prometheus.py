"""A real Prometheus with our configuration reads a real worker's page and raises the alert it must."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from streams.metrics import BatchSummary, Metrics
from streams.web import Pages, Readiness, serve

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "prometheus"
HOST = "127.0.0.1"
PATIENCE = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _configured(folder: Path, worker_port: int) -> Path:
    """Copy our configuration, with the addresses of this test and a faster pace."""
    text = (CONFIGURATION / "prometheus.yml").read_text(encoding="utf-8")
    changes = {
        "gate:6066": f"{HOST}:{worker_port}",
        "_interval: 5s": "_interval: 1s",
        "timeout: 4s": "timeout: 1s",
    }
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    (folder / "rules.yml").write_bytes((CONFIGURATION / "rules.yml").read_bytes())
    configured = folder / "prometheus.yml"
    configured.write_text(text, encoding="utf-8")
    return configured


@asynccontextmanager
async def _prometheus(folder: Path, worker_port: int) -> AsyncIterator[str]:
    address = f"{HOST}:{_free_port()}"
    process = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={_configured(folder, worker_port)}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield f"http://{address}/api/v1/"
    finally:
        process.terminate()
        await process.wait()


async def _asked(session: ClientSession, query: str) -> list[dict[str, Any]]:
    """Return what Prometheus answers, as soon as that is not empty."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            async with session.get("query", params={"query": query}) as response:
                data = (await response.json())["data"] if response.status == 200 else {}
        except ClientError:
            data = {}
        if found := data.get("result"):
            return list(found)
        await asyncio.sleep(0.2)
    pytest.fail(f"Prometheus had no answer to `{query}` in {PATIENCE} s")


@pytest.mark.services("prometheus")
async def test_books_that_are_stale_reach_prometheus_and_its_alerts(tmp_path: Path) -> None:
    metrics = Metrics()
    metrics.set_books("stale", 7, 12.0)
    metrics.observe_batch(BatchSummary(partition=0, seq=4, records=1, lag=3, request_seconds=(0.01,)))
    readiness = Readiness(books_state="stale", books_revision=7, partitions=(0,))
    pages = Pages(metrics=metrics.render, readiness=lambda: readiness)
    async with (
        serve(HOST, 0, pages) as port,
        _prometheus(tmp_path, port) as api,
        ClientSession(api) as session,
    ):
        books = await _asked(session, 'alpr_gate_books_state{job="alpr-gate"} == 1')
        latency = await _asked(session, "alpr_gate_request_seconds_count")
        alerts = await _asked(session, 'ALERTS{alertname="AlprGateBooksNotCurrent"}')
    assert [one["metric"]["state"] for one in books] == ["stale"]
    assert [one["value"][1] for one in latency] == ["1"]
    assert [one["metric"]["severity"] for one in alerts] == ["critical"]
