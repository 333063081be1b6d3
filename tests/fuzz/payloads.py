"""Payloads of cameras as targets of fuzzing: every format of reads, and mappings with what they describe."""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from random import Random

import orjson

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.formats import READ_FORMATS
from streams.adapters.reads.mapping_file import read_mapping
from streams.adapters.reads.read_format import ReadFormat
from streams.codecs.read_event import decode_read_event, encode_read_event
from streams.errors import InputError
from streams.examples import read_example
from streams.policy.read_event import ReadEvent
from tests.adapters.reads import samples
from tests.fuzz.mutation import of_json, of_text

BOUNDARY = "edge"
NAME = "mapping.yaml"
LINES = """mapping: lines
payload: json_lines
only: {/kind: read}
read:
  plate: [/plate, /text]
  captured_at: {join: [/date, /time], format: "%d.%m.%Y %H:%M:%S", zone: UTC}
  confidence: {at: /score, scale: 100}
  latitude: /place/0
  is_replay: /again
hot_list: {list_name: /list, owner: {is: Example PD}}
"""
ITEMS = """mapping: items
payload: json
items: /cars
read:
  plate: /plate
  captured_at: {at: /at, as: iso, zone: feed}
  camera_id: payload/camera
"""
_LINE = {
    "kind": "read", "plate": "7ZZZ001", "date": "01.03.2027", "time": "19:59:59", "score": 93,
    "place": [33.75, -118.25], "again": True, "list": "Stolen",
}  # fmt: skip
_ITEMS = {
    "camera": "gate",
    "cars": [{"plate": "7ZZZ001", "at": "2027-03-01T11:59:59"}, {"plate": "No Plate"}],
}
VERKADA, PLAIN_CSV = (read_example(f"mappings/{name}.yaml") for name in ("verkada", "plain_csv"))
MAPPED: Mapping[str, tuple[str, bytes]] = {
    "verkada": (VERKADA, json.dumps(samples.VERKADA).encode()),
    "plain_csv": (PLAIN_CSV, samples.PLAIN_CSV.encode()),
    "lines": (LINES, json.dumps(_LINE).encode() + b"\n" + json.dumps({**_LINE, "score": "9"}).encode()),
    "items": (ITEMS, json.dumps(_ITEMS).encode()),
}
_FORMS = (
    samples.form({"json": (samples.JSON, json.dumps(samples.PLATE_RECOGNIZER_OLD).encode())}, BOUNDARY)[0],
    samples.form({"anpr.xml": ("text/xml", samples.HIKVISION.encode())}, BOUNDARY)[0],
)
_VENDORS: Mapping[str, tuple[object, ...]] = {
    "axis": (samples.AXIS,),
    "dahua": (samples.DAHUA, samples.DAHUA_COMMAND, samples.DAHUA_LINES),
    "flock": (samples.FLOCK,),
    "genetec": (samples.GENETEC, samples.GENETEC_XML),
    "hikvision": (samples.HIKVISION, _FORMS[1]),
    "plate_recognizer": (samples.PLATE_RECOGNIZER_OLD, samples.PLATE_RECOGNIZER_NEW, _FORMS[0]),
    "rekor": (samples.REKOR_GROUP, samples.REKOR_ALERT),
}
_of_words = of_text(r"\n<>=.,;:\"{}/ ", ("0", "-1", "1e9", "99999999999999999999", "No Plate", "<a>", "9999"))


def of_payload(data: bytes, dice: Random) -> bytes:
    """Spoil a payload by the tree that it is, or by the words in it."""
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return _of_words(data, dice)
    return of_json(data, dice)


def seeds(name: str) -> Iterable[bytes]:
    """Return the samples of a vendor's format."""
    return tuple(samples.delivered(each).body for each in _VENDORS[name])


def mapped(name: str) -> Iterable[bytes]:
    """Return the sample of a payload that a mapping describes."""
    return (MAPPED[name][1],)


def mappings() -> Iterable[bytes]:
    """Return the mappings."""
    return tuple(text.encode() for text, _ in MAPPED.values())


def payload(form: ReadFormat, data: bytes) -> None:
    """Parse a payload: it is reads that the topic takes, or reasons, and at least one of them."""
    kind = f"multipart/form-data; boundary={BOUNDARY}" if data.startswith(b"--") else ""
    delivery = Delivery(feed=samples.FEED, body=data, content_type=kind, received_at=samples.RECEIVED)
    found = form.parse(delivery)
    assert found, "a payload without a read and without a reason"
    assert form.parse(delivery) == found
    for each in found:
        if isinstance(each, ReadEvent):
            assert decode_read_event(encode_read_event(each)) == each


def of_format(name: str, data: bytes) -> None:
    """Parse a payload of a vendor."""
    payload(READ_FORMATS[name], data)


def mapping(data: bytes) -> None:
    """Read a mapping; one that is taken reads any payload."""
    try:
        form = read_mapping(data.decode(errors="replace"), NAME)
    except InputError:
        return
    for _, body in MAPPED.values():
        payload(form, body)


MAPPED_FORMS = {name: read_mapping(text, NAME) for name, (text, _) in MAPPED.items()}
of_mapped = {name: partial(payload, form) for name, form in MAPPED_FORMS.items()}
