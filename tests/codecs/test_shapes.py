import pytest

from streams.codecs.shapes import SEALED, Choice, Entries, Items, Leaf, Record, Words, record_of

SEALED_SCHEMA = {"type": "record", "name": "Sealed", "fields": [{"name": "key_id", "type": "string"}]}
TEXT = Leaf(name="string")


def shape_of(schema: object) -> object:
    fields = [
        {"name": "first", "type": ["null", SEALED_SCHEMA], "default": None},
        {"name": "it", "type": schema},
    ]
    return record_of({"type": "record", "name": "Top", "fields": fields}).fields[1].shape


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ("long", Leaf(name="long")),
        ({"type": "long", "logicalType": "timestamp-micros"}, Leaf(name="timestamp-micros")),
        ({"type": "array", "items": "string"}, Items(item=TEXT)),
        ({"type": "map", "values": "string"}, Entries(value=TEXT)),
        (["null", "string"], Choice(plain=TEXT, nullable=True, sealable=False)),
        (["string", SEALED], Choice(plain=TEXT, nullable=False, sealable=True)),
        (["null", "string", SEALED], Choice(plain=TEXT, nullable=True, sealable=True)),
        (
            {"type": "enum", "name": "E", "symbols": ["unknown", "a"]},
            Words(name="E", symbols=("unknown", "a")),
        ),
    ],
)
def test_a_schema_becomes_a_shape(schema: object, shape: object) -> None:
    assert shape_of(schema) == shape


@pytest.mark.parametrize(
    "schema",
    [
        "null",
        "float",
        {"type": "fixed", "name": "F", "size": 4},
        {"type": "long", "logicalType": "time-micros"},
    ],
)
def test_a_type_that_no_schema_here_uses_is_refused(schema: object) -> None:
    with pytest.raises(ValueError, match="not in use"):
        shape_of(schema)


@pytest.mark.parametrize("union", [["null", "long", "int"], ["string", "long"], ["string", SEALED, "long"]])
def test_a_union_that_is_no_choice_is_refused(union: object) -> None:
    with pytest.raises(ValueError, match="a union other than"):
        shape_of(union)


def test_an_enum_of_more_symbols_than_one_byte_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 64 symbols"):
        shape_of({"type": "enum", "name": "E", "symbols": [f"s{index}" for index in range(65)]})


def test_a_name_stands_for_what_was_said_before_it() -> None:
    assert isinstance(shape_of(SEALED), Record)


def test_a_field_without_a_default_is_required() -> None:
    fields = [{"name": "a", "type": "long"}, {"name": "b", "type": "long", "default": 3}]
    a, b = record_of({"type": "record", "name": "Top", "fields": fields}).fields
    assert (a.required, b.required, b.default) == (True, False, 3)
