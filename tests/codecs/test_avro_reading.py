import pytest

from streams.codecs.avro_reading import read_boolean, read_bytes, read_double, read_text, reader_of
from streams.codecs.shapes import Choice, Entries, Items, Leaf, Shape, Words
from streams.errors import CodecError
from streams.policy.vocabulary import Verdict

TEXT = Leaf(name="string")
BOOLEANS = Items(item=Leaf(name="boolean"))


def read(shape: Shape, data: bytes) -> tuple[object, int]:
    return reader_of(shape, {})(data, 0)


def test_leaves_are_read_from_where_they_start() -> None:
    assert read_text(b"\x00\x04ab", 1) == ("ab", 4)
    assert read_bytes(b"\x04\xff\xfe", 0) == (b"\xff\xfe", 3)
    assert read_double(bytes(6) + b"\xf8\x3f", 0) == (1.5, 8)
    assert read_boolean(b"\x01", 0) == (True, 1)


@pytest.mark.parametrize("data", [b"\x03", b"\x81\x01"])
def test_a_negative_length_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="length is negative"):
        read_bytes(data, 0)


@pytest.mark.parametrize(
    ("data", "items"),
    [
        (b"\x00", ()),
        (b"\x04\x01\x00\x00", (True, False)),
        (b"\x02\x01\x02\x00\x00", (True, False)),
        (b"\x03\x04\x01\x00\x00", (True, False)),
    ],
)
def test_a_list_is_read_from_one_block_or_several(data: bytes, items: tuple[bool, ...]) -> None:
    assert read(BOOLEANS, data) == (items, len(data))


@pytest.mark.parametrize(
    "data",
    [
        b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00",
        b"\x0c\x01\x01",
        b"\x82\x80\x08" + bytes(65_537),
        b"\x80\x80\x08" + bytes(65_536) + b"\x02\x01\x00",
    ],
)
def test_a_list_that_claims_more_than_its_bytes_or_the_limit_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="list is longer"):
        read(BOOLEANS, data)


def test_a_count_of_zero_that_is_written_longer_is_refused() -> None:
    with pytest.raises(CodecError, match="longer than it needs"):
        read(BOOLEANS, b"\x80\x00")


def test_a_map_is_read_and_a_key_that_stands_twice_is_refused() -> None:
    shape = Entries(value=Leaf(name="long"))
    assert read(shape, b"\x02\x02a\x02\x02\x02b\x04\x00") == ({"a": 1, "b": 2}, 9)
    with pytest.raises(CodecError, match="key of a map stands twice"):
        read(shape, b"\x04\x02a\x02\x02a\x04\x00")


def test_words_are_members_and_others_are_an_error() -> None:
    shape = Words(name="Verdict", symbols=("unknown", "forward", "later"))
    assert [read(shape, bytes((byte,)))[0] for byte in (0, 2, 4)] == [
        Verdict.UNKNOWN, Verdict.FORWARD, Verdict.UNKNOWN,
    ]  # fmt: skip
    with pytest.raises(KeyError):
        read(shape, b"\x06")


def test_choices_in_a_list_are_absent_or_plain() -> None:
    shape = Items(item=Choice(plain=TEXT, nullable=True, sealable=True))
    assert read(shape, b"\x04\x00\x02\x02a\x00") == ((None, "a"), 6)


@pytest.mark.parametrize(
    ("nullable", "sealable", "tag", "message"),
    [
        (True, True, 4, "sealed"),
        (True, True, 6, "an alternative that its schema does not have"),
        (True, False, 4, "an alternative that its schema does not have"),
        (False, True, 2, "sealed"),
        (False, True, 4, "an alternative that its schema does not have"),
        (False, True, 1, "an alternative that its schema does not have"),
    ],
)
def test_choices_in_a_list_are_nothing_else(
    nullable: bool,  # noqa: FBT001  # a case, not a switch
    sealable: bool,  # noqa: FBT001  # likewise
    tag: int,
    message: str,
) -> None:
    shape = Items(item=Choice(plain=TEXT, nullable=nullable, sealable=sealable))
    with pytest.raises(CodecError, match=message):
        read(shape, bytes((2, tag, 2)) + b"a\x00")
