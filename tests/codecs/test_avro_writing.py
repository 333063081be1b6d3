import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codecs.avro_reading import reader_of
from streams.codecs.avro_writing import writer_of
from streams.codecs.shapes import Choice, Entries, Items, Leaf, Shape, Words
from streams.errors import CodecError
from streams.policy.vocabulary import Verdict

TEXT = Leaf(name="string")


def written(shape: Shape, value: object) -> bytes:
    return writer_of(shape)(value)


@pytest.mark.parametrize(
    ("shape", "value", "data"),
    [
        (TEXT, "ab", b"\x04ab"),
        (Leaf(name="bytes"), b"\xff", b"\x02\xff"),
        (Leaf(name="boolean"), True, b"\x01"),
        (Leaf(name="int"), -1, b"\x01"),
        (Leaf(name="double"), 1.5, bytes(6) + b"\xf8\x3f"),
        (Items(item=TEXT), (), b"\x00"),
        (Items(item=TEXT), ("a", ""), b"\x04\x02a\x00\x00"),
        (Entries(value=TEXT), {}, b"\x00"),
        (Words(name="Verdict", symbols=("unknown", "forward")), Verdict.FORWARD, b"\x02"),
        (Choice(plain=TEXT, nullable=True, sealable=False), None, b"\x00"),
        (Choice(plain=TEXT, nullable=True, sealable=False), "", b"\x02\x00"),
        (Choice(plain=TEXT, nullable=False, sealable=True), "", b"\x00\x00"),
        (Choice(plain=Leaf(name="long"), nullable=True, sealable=False), None, b"\x00"),
        (Choice(plain=Leaf(name="long"), nullable=True, sealable=False), -1, b"\x02\x01"),
        (Choice(plain=Leaf(name="boolean"), nullable=True, sealable=False), True, b"\x02\x01"),
        (Choice(plain=Items(item=TEXT), nullable=True, sealable=False), None, b"\x00"),
        (Choice(plain=Items(item=TEXT), nullable=True, sealable=False), ("a",), b"\x02\x02\x02a\x00"),
    ],
)
def test_a_value_is_written_as_avro_says(shape: Shape, value: object, data: bytes) -> None:
    assert written(shape, value) == data


@pytest.mark.parametrize("shape", [TEXT, Choice(plain=TEXT, nullable=True, sealable=False)])
@pytest.mark.parametrize("size", [63, 64, 255, 256, 20_000])
def test_a_text_of_any_length_reads_back(shape: Shape, size: int) -> None:
    data = written(shape, "x" * size)
    assert reader_of(shape, {})(data, 0) == ("x" * size, len(data))


@pytest.mark.parametrize("size", [0, 1, 63, 64, 255, 256, 20_000])
def test_a_list_of_any_length_reads_back(size: int) -> None:
    shape = Items(item=Items(item=TEXT))
    values = (("a", "b"),) * size
    data = written(shape, values)
    assert reader_of(shape, {})(data, 0) == (values, len(data))


@pytest.mark.parametrize("number", [-(1 << 31), -65, -1, 0, 63, 64, 255, 256, (1 << 31) - 1])
@pytest.mark.parametrize("name", ["int", "long"])
def test_a_whole_number_reads_back(name: str, number: int) -> None:
    data = written(Leaf(name=name), number)
    assert reader_of(Leaf(name=name), {})(data, 0) == (number, len(data))


def test_an_int_of_more_than_32_bits_is_not_written() -> None:
    with pytest.raises(CodecError, match="longer than 32 bits"):
        written(Leaf(name="int"), 1 << 31)


def test_a_word_that_only_the_schema_knows_is_never_written() -> None:
    shape = Words(name="Verdict", symbols=("unknown", "later"))
    assert written(shape, Verdict.UNKNOWN) == b"\x00"


@given(st.dictionaries(st.text(max_size=4), st.integers(0, 9), max_size=6))
def test_equal_maps_have_equal_bytes(entries: dict[str, int]) -> None:
    shape = Entries(value=Leaf(name="long"))
    turned = dict(reversed(entries.items()))
    assert written(shape, entries) == written(shape, turned)
    assert reader_of(shape, {})(written(shape, entries), 0)[0] == entries


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_not_written(number: float) -> None:
    with pytest.raises(CodecError, match="not finite"):
        written(Leaf(name="double"), number)


def test_a_list_over_the_limit_is_not_written() -> None:
    with pytest.raises(CodecError, match="longer than the limit"):
        written(Items(item=TEXT), ("",) * 65_537)
    assert len(written(Items(item=TEXT), ("",) * 65_536)) == 65_536 + 4
