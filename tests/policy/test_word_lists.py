from streams.policy.names import words_of
from streams.policy.word_lists import compile_screening

SUSPICIOUS, PLACEHOLDERS = compile_screening(
    {
        "immigration": ("ICE", "I.C.E. warrant", "border patrol", "border", "--"),
        "protest": ("border patrol",),
        "placeholder": ("inv", "to be determined", "to be"),
    }
)


def test_whole_words_are_found_with_their_categories() -> None:
    assert SUSPICIOUS.categories_in(words_of("on ice")) == ("immigration",)
    assert SUSPICIOUS.categories_in(words_of("Border Patrol")) == ("immigration", "protest")
    assert SUSPICIOUS.categories_in(words_of("patrol police iced")) == ()
    assert SUSPICIOUS.categories_in([]) == ()


def test_placeholders_are_no_suspicion() -> None:
    assert SUSPICIOUS.categories_in(["inv"]) == ()


def test_a_text_of_placeholders_alone_is_made_up_of_them() -> None:
    assert PLACEHOLDERS.make_up(words_of("INV to be determined, to be"))
    assert PLACEHOLDERS.make_up([])
    assert not PLACEHOLDERS.make_up(words_of("inv robbery"))
    assert not PLACEHOLDERS.make_up(words_of("to determined"))


def test_empty_lists_find_nothing() -> None:
    suspicious, placeholders = compile_screening({})
    assert suspicious.categories_in(["ice"]) == ()
    assert not placeholders.make_up(["inv"])
