"""Spoils what was valid, by seeded dice: bytes, Avro bodies, JSON trees and texts with separators.

Bytes alone get nowhere where a reader wants a frame, balanced brackets or an exact base64; each mutation
keeps the shape that its reader asks for first, and spoils what comes behind it.
"""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import orjson

from streams.codecs.catalogue import rows
from streams.codecs.numbers import LONG_LIMIT, write_long
from streams.codecs.record_codec import FRAME_SIZE, frame

# Gets valid or spoilt bytes, and gives others.
Mutation = Callable[[bytes, Random], bytes]

NUMBERS = (
    0,
    1,
    -1,
    2,
    63,
    64,
    -64,
    -65,
    127,
    128,
    8191,
    1 << 31,
    -(1 << 31),
    1 << 60,
    LONG_LIMIT - 1,
    -LONG_LIMIT,
)
BYTES = (b"", b"\x00", b"\x01", b"\x02", b"\x40", b"\x7f", b"\x80", b"\xff", b"\x80\x00", b"\xff" * 10)
TEXTS = (
    "", " ", "\u00a0", "\ufeff", "\u202e", "\x00", "\x85", "é", "e\u0301", "ß", "İ", "\U0001d7d9", "\u0661",
    "a" * 300, "true", "null", "NaN", "-0.0", "1e400", "0" * 5000, "9" * 5000, "1" * 19, "-1", "0x10",
    "010", "1_0",
)  # fmt: skip
TIMES = (
    "0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "20260101", "2026-W05-1", "2026-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T24:00:00Z", "2026-06-30T23:59:60Z",
    "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00+99:99", "P1Y", "P", "PT0S", "P9999999999Y", "-P1D",
)  # fmt: skip
YAML = (
    "~", "yes", "NO", "*a", "&a b", "<<", "!!python/object:os.system", "!x", "|", ">-", "- ", "? ", "'", '"',
    "%YAML 9.9", "---", "...", "@", "`", "#", "\t", "[", "]", "{", "}", "[" * 40, "{a: " * 40,
    '"\\ud800"', '"\\0"', "Nowhere/Zone", "../../etc/passwd", "America", "US-CA", "unknown",
)  # fmt: skip
CSV = (
    '"',
    '""',
    ",",
    "\r",
    "\n",
    "\x00",
    "Search | Hot List",
    "(not stated",
    "NA",
    "University of California",
    "a,b",
)
NOTE = (
    "\u2014 ", "old ", "index ", "extra ", "c2sp.org/tlog-proof@v1", "AAAA", "AAA=", "AAAB", "A", "=",
    "A" * 44, "\n\n", "PRIVATE+KEY+", "PRIVATE+KEY+a+00000000+" + "A" * 44, "\u2028",
)  # fmt: skip
VALUES: tuple[Any, ...] = (None, True, 0, -1, 1 << 31, (1 << 63) - 1, 1.5, [], {}, *TEXTS, *TIMES)


def of_bytes(data: bytes, dice: Random) -> bytes:
    """Overwrite, insert, drop or repeat a piece."""
    at = dice.randrange(len(data) + 1)
    end = min(len(data), at + dice.choice((0, 1, 1, 2, 4, 16)))
    piece = dice.choice((dice.choice(BYTES), dice.randbytes(dice.randrange(1, 9)), data[at:end] * 2))
    return data[:at] + piece + data[end:]


def of_avro(data: bytes, dice: Random) -> bytes:
    """Put a number or a text with its true length where one stands, or spoil the bytes; the frame stays."""
    head, body = data[:FRAME_SIZE], data[FRAME_SIZE:]
    if dice.random() < 0.02:
        head = frame(dice.choice(rows()).schema_id)
    at = dice.randrange(len(body) + 1)
    match dice.randrange(4):
        case 0:
            return head + body[:at] + write_long(dice.choice(NUMBERS)) + body[at + 1 :]
        case 1 if (place := _text_near(body, at)) is not None:
            text = dice.choice((*TEXTS, *TIMES)).encode()
            return head + body[:place] + write_long(len(text)) + text + body[place + 1 + (body[place] >> 1) :]
        case 2:
            # A bit at most: what is left is often a record still.
            return (
                head
                + body[:at]
                + bytes(byte ^ 1 << dice.randrange(8) for byte in body[at : at + 1])
                + body[at + 1 :]
            )
    return head + of_bytes(body, dice)


def _text_near(body: bytes, start: int) -> int | None:
    """Return where a short text with its length stands, from `start` on."""
    for place in range(start, len(body)):
        length = body[place] >> 1
        text = body[place + 1 : place + 1 + length]
        if (
            not body[place] & 0x81
            and 0 < length == len(text)
            and text.isascii()
            and text.decode().isprintable()
        ):
            return place
    return None


def of_json(data: bytes, dice: Random) -> bytes:
    """Exchange, drop, double or nest one value of the tree; bytes that are no JSON are spoilt as bytes."""
    try:
        tree = orjson.loads(data)
    except orjson.JSONDecodeError:
        return of_bytes(data, dice)
    if dice.random() < 0.1:
        return of_bytes(data, dice)
    try:
        return orjson.dumps(_spoilt(tree, dice))
    except orjson.JSONEncodeError:
        return of_bytes(data, dice)  # nested once too often to be written again


def _spoilt(tree: Any, dice: Random) -> Any:
    if tree and isinstance(tree, dict) and dice.random() < 0.9:
        key = dice.choice(list(tree))
        match dice.randrange(6):
            case 0:
                return {name: value for name, value in tree.items() if name != key}
            case 1:
                return tree | {dice.choice(("", "x", "é", key.upper(), f"{key} ")): tree[key]}
        return tree | {key: _spoilt(tree[key], dice)}
    if tree and isinstance(tree, list) and dice.random() < 0.9:
        at = dice.randrange(len(tree))
        return [*tree[:at], _spoilt(tree[at], dice), *tree[at + dice.randrange(2) :]]
    deep: Any = tree
    for _ in range(dice.choice((0, 0, 0, 1, 3, 200))):
        deep = [deep]
    return dice.choice((*VALUES, deep))


def of_text(separators: str, words: Sequence[str]) -> Mutation:
    """Return the mutation of texts whose pieces stand between separators, signs of a regular expression."""
    between = re.compile(f"([{separators}])")
    said = (*words, *TEXTS, *TIMES)

    def mutate(data: bytes, dice: Random) -> bytes:
        if dice.random() < 0.15:
            return of_bytes(data, dice)
        pieces = between.split(data.decode(errors="replace"))
        at, other = dice.randrange(len(pieces)), dice.randrange(len(pieces))
        match dice.randrange(5):
            case 0:
                pieces[at] = dice.choice(said)
            case 1:
                pieces[at] = f" {dice.choice(said)}"
            case 2:
                del pieces[at : at + dice.randrange(1, 4)]
            case 3:
                pieces[at:at] = pieces[other : other + dice.randrange(1, 8)]
            case _:
                pieces[at], pieces[other] = pieces[other], pieces[at]
        return "".join(pieces).encode()

    return mutate


of_yaml = of_text(r"\n:,\[\]{}'\" ", YAML)
of_csv = of_text(r"\n,\"|", CSV)
of_note = of_text(r"\n +", NOTE)
