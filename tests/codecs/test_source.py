import traceback

import pytest

from streams.codecs.source import Source


def test_what_is_added_in_a_block_stands_under_its_head() -> None:
    source = Source(start=10)
    source.add("number = start")
    with source.block("for each in numbers:"):
        with source.block("if each > 1:"):
            source.add("number += each")
        source.add("number += 100")
    source.add("return number")
    assert source.compiled("(numbers)", "a sum")((1, 2, 3)) == 10 + 2 + 3 + 300


def test_no_two_names_are_the_same() -> None:
    source = Source()
    names = [source.name("one"), source.name("one"), source.bound("one", 3)]
    assert len(set(names)) == 3


def test_an_object_that_is_bound_is_found_as_it_is() -> None:
    source, value = Source(), object()
    source.add(f"return {source.bound('value', value)}")
    assert source.compiled("()", "a value")() is value


def test_a_traceback_shows_the_title() -> None:
    source = Source()
    source.add("return 1 // 0")
    with pytest.raises(ZeroDivisionError) as caught:
        source.compiled("()", "reader of SharingRequest")()
    assert traceback.extract_tb(caught.value.__traceback__)[-1].filename == "<reader of SharingRequest>"
