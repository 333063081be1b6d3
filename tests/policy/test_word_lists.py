import pytest

from streams.policy.names import words_of
from streams.policy.word_lists import WordList, compile_screening

SCREENING = {
    "immigration": ("ICE", "I.N.S. warrant", "border patrol", "border", "--"),
    "protest": ("border patrol",),
    "placeholder": ("inv", "to be", "to be determined", "to be sure of it"),
}


@pytest.fixture
def suspicious() -> WordList:
    return compile_screening(SCREENING)[0]


@pytest.fixture
def placeholders() -> WordList:
    return compile_screening(SCREENING)[1]


def test_whole_words_are_found_with_their_categories(suspicious: WordList) -> None:
    assert suspicious.categories_in(words_of("on ice")) == ("immigration",)
    assert suspicious.categories_in(words_of("Border Patrol")) == ("immigration", "protest")
    assert suspicious.categories_in(words_of("patrol police iced")) == ()
    assert suspicious.categories_in([]) == ()


def test_full_stops_in_a_list_join(suspicious: WordList) -> None:
    assert suspicious.categories_in(words_of("an INS warrant")) == ("immigration",)
    assert suspicious.categories_in(words_of("a warrant")) == ()


def test_placeholders_are_no_suspicion(suspicious: WordList) -> None:
    assert suspicious.categories_in(["inv"]) == ()


def test_a_text_of_placeholders_alone_is_made_up_of_them(placeholders: WordList) -> None:
    assert placeholders.make_up(words_of("INV to be determined, to be"))
    assert placeholders.make_up(words_of("to be sure of it to be"))
    assert placeholders.make_up([])
    assert not placeholders.make_up(words_of("inv robbery"))
    assert not placeholders.make_up(words_of("to determined"))


def test_empty_lists_find_nothing() -> None:
    suspicious, placeholders = compile_screening({})
    assert suspicious.categories_in(["ice"]) == ()
    assert not placeholders.make_up(["inv"])
