"""The file of feeds: which there are, in which format, and how each proves that it is itself."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from streams.adapters.reads.delivery import Feed
from streams.adapters.reads.formats import READ_FORMATS
from streams.adapters.reads.mapping_file import load_mapping
from streams.adapters.reads.read_format import ReadFormat
from streams.codecs.marked_yaml import Fields, Kind, UnexpectedError, parse
from streams.codecs.owned_file import read_owned
from streams.codecs.yaml_kinds import ID, TEXT, ZONE
from streams.errors import InputError

_WHAT = "feeds"
_HEX = re.compile(r"(?:[0-9a-f]{2}){32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAccess:
    """A feed with its format, and either the SHA-256 of its secret or the key of its signatures."""

    feed: Feed
    form: ReadFormat
    secret_digest: bytes | None
    hmac_key: bytes | None

    def admits(self, secret: str | None, signature: str | None, body: bytes) -> bool:
        """Tell whether the sender is this feed: it knows the secret, or has signed the body (HMAC-SHA-256).

        The signature is in hexadecimal, as vendors write it, with or without `sha256=` before it.
        """
        if self.secret_digest is not None:
            digest = hashlib.sha256((secret or "").encode(errors="surrogatepass")).digest()
            return hmac.compare_digest(digest, self.secret_digest)
        if self.hmac_key is None:
            return False
        expected = hmac.new(self.hmac_key, body, hashlib.sha256).hexdigest()
        given = (signature or "").removeprefix("sha256=").lower()
        return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())


def load_feeds(path: Path) -> Mapping[str, FeedAccess]:
    """Return the feeds of a file that nobody but its owner can read, by name.

    Raises:
        InputError: it is not there, open to others, or no such file; a line for each problem.
    """
    try:
        text = read_owned(path, _WHAT).decode()
    except UnicodeDecodeError:
        raise InputError(f"{_WHAT} `{path}`: expected UTF-8") from None
    return read_feeds(text, path)


def read_feeds(text: str, path: Path) -> Mapping[str, FeedAccess]:
    """Return the feeds under `feeds` in `text`, by name; mappings are looked for beside `path`.

    Raises:
        InputError: the file is no list of feeds, or a mapping cannot be read; a line for each problem.
    """
    fields = parse(text, str(path))
    reference_key = fields.required("reference_key", _KEY)
    found: dict[str, FeedAccess] = {}
    for each in fields.each_required("feeds"):
        access = _access(each, path.parent, reference_key)
        if access.feed.name in found:
            each.wrong("name", f"expected `{access.feed.name}` once, got it again")
        found[access.feed.name] = access
    fields.done()
    fields.problems.raise_if_any()
    return found


def _access(fields: Fields, folder: Path, reference_key: bytes) -> FeedAccess:
    access = FeedAccess(
        feed=Feed(
            name=fields.required("name", ID),
            network=fields.required("network", TEXT),
            zone=ZoneInfo(fields.required("zone", ZONE)),
            reference_key=reference_key,
        ),
        form=_form(fields, folder),
        secret_digest=fields.maybe("secret_sha256", _KEY),
        hmac_key=fields.maybe("hmac_key", _KEY),
    )
    if (access.secret_digest is None) == (access.hmac_key is None):
        fields.wrong("name", "expected either `secret_sha256` or `hmac_key`")
    fields.done()
    return access


def _form(fields: Fields, folder: Path) -> ReadFormat:
    name, mapping = fields.maybe("format", _FORMAT), fields.maybe("mapping", TEXT)
    if (name is None) == (mapping is None):
        fields.wrong("name", "expected either `format` or `mapping`")
    if mapping is None:
        return READ_FORMATS[name or _FORMAT.blank]
    try:
        return load_mapping(folder / mapping)
    except InputError as error:
        fields.wrong("mapping", f"expected a mapping:\n{error}")
        return READ_FORMATS[_FORMAT.blank]


def _known_format(node: yaml.Node) -> str:
    name = TEXT.read(node)
    if name not in READ_FORMATS:
        raise UnexpectedError(f"expected one of {', '.join(READ_FORMATS)}, got `{name[:60]}`")
    return name


def _bytes_of_hex(node: yaml.Node) -> bytes:
    text = TEXT.read(node)
    # Not shown: it may be the secret itself, put where its digest belongs.
    if not _HEX.fullmatch(text):
        raise UnexpectedError("expected 64 hexadecimal digits in lower case")
    return bytes.fromhex(text)


_FORMAT: Kind[str] = Kind(_known_format, next(iter(READ_FORMATS)))
_KEY: Kind[bytes] = Kind(_bytes_of_hex, bytes(32))
