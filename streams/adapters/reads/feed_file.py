"""The file of feeds: which there are, in which format, and how each proves that it is itself."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from streams.adapters.reads.delivery import Feed
from streams.adapters.reads.formats import READ_FORMATS
from streams.adapters.reads.mapping_file import load_mapping
from streams.adapters.reads.read_format import ReadFormat
from streams.codecs.marked_yaml import Fields, Kind, UnexpectedError, parse
from streams.codecs.owned_file import read_owned
from streams.codecs.yaml_kinds import ID, TEXT, ZONE, number_up_to
from streams.errors import InputError

_WHAT = "feeds"
WAYS = ("secret_sha256", "hmac_key", "mqtt_topic", "folder")
A_DAY = 1440
# Levels between slashes: whole words, `+` for any, and `#` at the end for all that follow (MQTT 3.1.1, 4.7).
_TOPICS = re.compile(r"(?!\$)(?:[^+#\0/]*|\+)(?:/(?:[^+#\0/]*|\+))*(?:(?<=/)#)?|#")
_HEX = re.compile(r"(?:[0-9a-f]{2}){32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAccess:
    """A feed with its format and its one way in.

    Over HTTP it has a secret, of which the SHA-256 is known, or a key of its signatures; `mqtt_topic` is a
    filter of topics, `folder` where its files are dropped. After `silent_after` without a read it is silent.
    """

    feed: Feed
    form: ReadFormat
    secret_digest: bytes | None
    hmac_key: bytes | None
    mqtt_topic: str | None
    folder: Path | None
    silent_after: timedelta

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
        for key, way in (("mqtt_topic", access.mqtt_topic), ("folder", access.folder)):
            if way is not None and any(way in {other.mqtt_topic, other.folder} for other in found.values()):
                each.wrong(key, f"expected `{way}` once, got it again")
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
        mqtt_topic=fields.maybe("mqtt_topic", _TOPIC),
        folder=fields.maybe("folder", _FOLDER),
        silent_after=timedelta(minutes=fields.optional("silent_after_minutes", _MINUTES, A_DAY)),
    )
    ways = (access.secret_digest, access.hmac_key, access.mqtt_topic, access.folder)
    if sum(way is not None for way in ways) != 1:
        fields.wrong("name", f"expected one of {', '.join(WAYS)}")
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


def _topic(node: yaml.Node) -> str:
    text = TEXT.read(node)
    if not _TOPICS.fullmatch(text):
        raise UnexpectedError(f"expected a filter of MQTT topics such as cameras/+/reads, got `{text[:60]}`")
    return text


def _folder(node: yaml.Node) -> Path:
    path = Path(TEXT.read(node))
    if not path.is_absolute():
        raise UnexpectedError("expected the whole path of a folder, from the root on")
    return path


def _bytes_of_hex(node: yaml.Node) -> bytes:
    text = TEXT.read(node)
    # Not shown: it may be the secret itself, put where its digest belongs.
    if not _HEX.fullmatch(text):
        raise UnexpectedError("expected 64 hexadecimal digits in lower case")
    return bytes.fromhex(text)


_FORMAT: Kind[str] = Kind(_known_format, next(iter(READ_FORMATS)))
_FOLDER: Kind[Path | None] = Kind(_folder, None)
_TOPIC: Kind[str] = Kind(_topic, "")
_MINUTES: Kind[int] = number_up_to(60 * A_DAY)
_KEY: Kind[bytes] = Kind(_bytes_of_hex, bytes(32))
