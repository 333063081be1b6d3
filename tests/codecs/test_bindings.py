from dataclasses import fields, is_dataclass

import pytest

from streams.codecs.bindings import RECORDS, WORDS, word_of
from streams.codecs.catalogue import rows, versions_of
from streams.codecs.shapes import Choice, Entries, Items, Leaf, Record, Shape, Words
from streams.policy.vocabulary import Verdict


def named(shape: Shape) -> dict[str, Record | Words]:
    """Return every named shape inside."""
    match shape:
        case Leaf():
            return {}
        case Words():
            return {shape.name: shape}
        case Items():
            return named(shape.item)
        case Entries():
            return named(shape.value)
        case Choice():
            return named(shape.plain)
        case Record():
            inside = {name: found for field in shape.fields for name, found in named(field.shape).items()}
            return {**inside, shape.name: shape}


CURRENT = {name: shape for row in rows() for name, shape in named(versions_of(row.record)[-1].record).items()}


def test_every_named_type_of_the_schemas_is_bound_and_no_other() -> None:
    assert CURRENT.keys() == RECORDS.keys() | WORDS.keys()


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_record_has_the_fields_of_its_value_in_the_same_order(name: str) -> None:
    shape = CURRENT[name]
    assert isinstance(shape, Record)
    assert is_dataclass(RECORDS[name])
    assert [field.name for field in shape.fields] == [field.name for field in fields(RECORDS[name])]


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_value_can_be_filled_slot_by_slot(name: str) -> None:
    assert not hasattr(RECORDS[name], "__post_init__")
    assert not hasattr(RECORDS[name], "__dict__") or "__slots__" in vars(RECORDS[name])


@pytest.mark.parametrize("name", sorted(WORDS))
def test_an_enum_has_the_words_of_its_value(name: str) -> None:
    shape = CURRENT[name]
    assert isinstance(shape, Words)
    assert shape.symbols[0] == "unknown"
    assert set(shape.symbols) == {str(member.value) for member in WORDS[name]} | {"unknown"}


def test_a_symbol_without_a_member_is_unknown_where_there_is_such_a_member() -> None:
    assert word_of("Verdict", "forward") is Verdict.FORWARD
    assert word_of("Verdict", "perhaps") is Verdict.UNKNOWN
    assert word_of("ReasonCode", "PERHAPS") is None
