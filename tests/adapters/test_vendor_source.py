"""A vendor's list from a file, or over HTTPS from a server with a certificate that the test makes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from streams.adapters import vendor_source
from streams.adapters.vendor_source import read_vendor_text
from streams.errors import InputError, UnavailableError
from tests.adapters.api.test_tls import CA, PASADENAS, STRANGE_CA
from tests.certificates import Made

LIST = "recipient\nFBI\n"


Page = Callable[[], Awaitable[web.Response]]


def page(**answer: Any) -> Page:
    """Return a page with this answer."""

    async def respond() -> web.Response:
        return web.Response(**answer)

    return respond


@asynccontextmanager
async def server(respond: Page, folder: Path) -> AsyncIterator[str]:
    """Yield the address of a page, with a key in it."""

    async def handle(_request: web.Request) -> web.Response:
        return await respond()

    app = web.Application()
    app.router.add_get("/list.csv", handle)
    (folder / "server.pem").write_bytes(PASADENAS.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        host, port = runner.addresses[0][:2]
        yield f"https://{host}:{port}/list.csv?key=secret"
    finally:
        await runner.cleanup()


def trusting(authority: Made) -> ssl.SSLContext:
    return ssl.create_default_context(
        cadata=authority.pem.decode().partition("-----END PRIVATE KEY-----\n")[2]
    )


async def test_a_list_comes_whole_and_is_named_without_its_key(tmp_path: Path) -> None:
    async with server(page(text=LIST), tmp_path) as url:
        read = await read_vendor_text(url, trusting(CA))
    assert (read.text, read.name) == (LIST, "https://127.0.0.1/list.csv")
    assert read.reference.startswith("https://127.0.0.1/list.csv sha256:")


async def test_a_file_is_named_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    read = await read_vendor_text(str(tmp_path / "list.csv"))
    assert (read.text, read.name) == (LIST, "list.csv")


async def test_another_authority_than_the_trusted_is_not_believed(tmp_path: Path) -> None:
    async with server(page(text=LIST), tmp_path) as url:
        for trusted in (trusting(STRANGE_CA), None):
            with pytest.raises(UnavailableError, match="cannot be reached safely") as caught:
                await read_vendor_text(url, trusted)
            assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (page(status=503), UnavailableError, "answers 503; try again"),
        (page(status=404), InputError, "answers 404, and no list"),
        (page(status=302, headers={"Location": "https://127.0.0.1/x"}), InputError, "answers 302"),
        (page(body=b"\xff"), InputError, "expected UTF-8 text"),
    ],
    ids=["503", "404", "302", "bytes"],
)
async def test_another_answer_is_no_list(
    answer: Page, error: type[Exception], why: str, tmp_path: Path
) -> None:
    async with server(answer, tmp_path) as url:
        with pytest.raises(error, match=why) as caught:
            await read_vendor_text(url, trusting(CA))
    assert "secret" not in str(caught.value)


async def test_few_bytes_that_unfold_to_many_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor_source, "MOST_BYTES", 1 << 20)

    async def packed() -> web.Response:
        answer = web.Response(text="x" * (2 << 20))
        answer.enable_compression()
        return answer

    async with server(packed, tmp_path) as url:
        with pytest.raises(InputError, match="is larger than 1 MiB"):
            await read_vendor_text(url, trusting(CA))


async def test_a_page_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_source, "SECONDS", 0.2)

    async def silent() -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with server(silent, tmp_path) as url:
        with pytest.raises(UnavailableError, match="did not answer within"):
            await read_vendor_text(url, trusting(CA))


@pytest.mark.parametrize(
    "place", ["http://vendor.example/list", "ftp://x/y", "https:///list", "file:///etc/x"]
)
async def test_only_files_and_https_are_read(place: str) -> None:
    with pytest.raises(InputError, match="expected a file or an address that begins with https://"):
        await read_vendor_text(place)
