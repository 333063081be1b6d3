"""What the API measures, by words of closed sets alone."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from streams.adapters.api.meter import CLASSES
from streams.adapters.api.service import metrics_page
from streams.codecs.access_tokens import new_token
from streams.metric_names import API_METRICS, Operation, Refused
from streams.web import listening
from tests.adapters.api.counter import BURBANK, LEAST, PASADENA, TOKENS, Counter, counter


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter(tmp_path, per_minute=6) as made:
        yield made


def counted(desk: Counter, operation: str, status: str) -> float | None:
    labels = {"operation": operation, "status": status}
    return desk.meter.registry.get_sample_value("alpr_gate_api_requests_total", labels)


async def test_each_page_is_counted_by_the_class_of_its_status(desk: Counter) -> None:
    assert counted(desk, "submit", "2xx") == 0
    await desk.post(LEAST)
    await desk.post({})
    await desk.call("GET", "/v1/requests/r-1")
    await desk.call("POST", "/v1/requests/r-1/supplement", json={})
    await desk.call("POST", "/v1/requests/r-1/withdrawal")
    desk.refusing = True
    await desk.post({**LEAST, "request_id": "r-2"})
    await desk.call("GET", "/nowhere", None)
    await desk.call("DELETE", "/v1/requests/r-1", None)
    assert [counted(desk, "submit", status) for status in CLASSES] == [1, 1, 1]
    assert [counted(desk, page, "4xx") for page in ("supplement", "withdraw", "other")] == [1, 1, 2]
    assert counted(desk, "show", "2xx") == 1
    assert desk.meter.registry.get_sample_value("alpr_gate_api_request_seconds_count") == 8


async def test_who_is_not_let_in_is_counted_by_why(desk: Counter) -> None:
    await desk.call("GET", "/v1/requests/r-1", None)
    await desk.call("GET", "/v1/requests/r-1", new_token(b"x" * 32))
    for _ in range(7):
        await desk.call("GET", "/v1/requests/r-1")
    desk.tokens.chmod(0o644)
    await desk.call("GET", "/v1/requests/r-1")
    assert [desk.refused(reason) for reason in ("nobody", "token", "rate", "unreadable")] == [1, 1, 1, 1]


async def test_no_name_and_no_path_becomes_a_series(desk: Counter) -> None:
    before = len(desk.meter.render().splitlines())
    for number in range(50):
        desk.clock.advance(timedelta(minutes=1))
        await desk.call("GET", f"/v1/requests/r-{number}")
        await desk.call("GET", f"/{number}", TOKENS[BURBANK])
    rendered = desk.meter.render().decode()
    assert len(rendered.splitlines()) == before
    values = set(re.findall(r'\w+="([^"]+)"', "\n".join(re.findall(r"^alpr_gate.*", rendered, re.MULTILINE))))
    numbers = {value for value in values if re.fullmatch(r"[\d.]+|\+Inf", value)}
    assert values - numbers <= {*Operation, *Refused, *CLASSES}
    assert PASADENA not in rendered


async def test_the_metrics_are_served_at_a_port_of_their_own_and_nothing_else_is(desk: Counter) -> None:
    await desk.post(LEAST)
    async with (
        listening(metrics_page(desk.meter), "127.0.0.1", 0, "") as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        async with session.get("/metrics") as response:
            text = await response.text()
        async with session.get("/v1/requests/r-1") as response:
            assert response.status == 404
    told = dict(re.findall(r"^# TYPE (alpr_gate_\w+) (\w+)$", text, re.MULTILINE))
    assert {spec.name: spec.kind for spec in API_METRICS}.items() <= told.items()
    assert (await desk.call("GET", "/metrics"))[0] == 404
