"""Where a vendor's list comes from: a file, or an address that answers over HTTPS.

What is fetched is no more than a list can be, in no more time than a page takes, and from the very host that
was named: a list from somewhere else would close tasks and raise alarms by somebody else's word.
"""

import hashlib
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from streams.codecs.whole_file import read_text
from streams.errors import InputError, UnavailableError

MOST_BYTES = 64 << 20
SECONDS = 30.0
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorText:
    """What was read: its text, and its name in messages and on record, which shows no key of an address."""

    text: str
    name: str

    @property
    def reference(self) -> str:
        """Return how the record names it, so that a copy can be told from any other list."""
        return f"{self.name} sha256:{hashlib.sha256(self.text.encode()).hexdigest()}"


async def read_vendor_text(place: str, trusted: ssl.SSLContext | None = None) -> VendorText:
    """Return the text of a file or of an HTTPS address; `trusted` is for a CA that the system does not know.

    Raises:
        InputError: it is no such file or address, answers with something else, or is larger than 64 MiB.
        UnavailableError: it does not answer within 30 seconds, or not as who it says it is.
    """
    parts = urlsplit(place)
    if "://" not in place:
        path = Path(place)
        return VendorText(text=read_text(path), name=path.name)
    if parts.scheme != "https" or not parts.hostname:
        raise InputError(f"`{parts.scheme}://…`: expected a file or an address that begins with https://")
    name = f"https://{parts.hostname}{parts.path}"
    try:
        content = await _fetched(place, name, trusted)
    except TimeoutError as error:
        raise UnavailableError(f"`{name}` did not answer within {SECONDS:g} s; try again") from error
    except aiohttp.ClientError as error:
        # `from None`: what the client says shows the whole address, and a key may be part of it.
        raise UnavailableError(f"`{name}` cannot be reached safely ({type(error).__name__})") from None
    try:
        return VendorText(text=content.decode(), name=name)
    except UnicodeDecodeError as error:
        raise InputError(f"`{name}`: expected UTF-8 text, got other bytes at {error.start}") from error


async def _fetched(url: str, name: str, trusted: ssl.SSLContext | None) -> bytes:
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
        session.get(url, allow_redirects=False, ssl=trusted if trusted is not None else True) as response,
    ):
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnavailableError(f"`{name}` answers {response.status}; try again")
        if response.status != HTTPStatus.OK:
            raise InputError(
                f"`{name}` answers {response.status}, and no list; name where the list itself is"
            )
        content = bytearray()
        # As it is unpacked: a few bytes may be packed so that they become millions.
        async for chunk in response.content.iter_chunked(CHUNK):
            content += chunk
            if len(content) > MOST_BYTES:
                raise InputError(f"`{name}` is larger than {MOST_BYTES >> 20} MiB, which no list is")
        return bytes(content)
