import re
import sys
from collections.abc import Callable
from time import process_time
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.policy.names import LONGEST_NAME, fold, is_blank, tidy, words_of


@pytest.mark.parametrize(
    "text", [None, "", " ", "\t\n", "\u00a0\u2003\u3000", "\u200b\ufeff", "\u3164", "\u2800"]
)
def test_what_cannot_be_seen_is_blank(text: str | None) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["x", " x", "-", "\u200bx", "é", "中"])
def test_what_can_be_seen_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_every_space_and_format_character_of_unicode_is_blank() -> None:
    blanks = {"Zs", "Zl", "Zp", "Cc", "Cf"}
    unseen = [code for code in range(sys.maxunicode + 1) if category(chr(code)) in blanks]
    assert [hex(code) for code in unseen if not is_blank(chr(code))] == []


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        (" Hemet CA PD ", "Hemet CA PD"),
        ("Hemet\u00a0CA PD\u200b", "Hemet CA PD"),
        ("\uff28emet CA PD", "Hemet CA PD"),
        ("Cafe\u0301 PD", "Café PD"),
        ("hemet ca pd", "hemet ca pd"),
        ("H\u0435met", "H\u0435met"),
    ],
)
def test_a_tidy_name_is_trimmed_and_normalised_and_keeps_every_letter(name: str, tidied: str) -> None:
    assert tidy(name) == tidied
    assert tidy(tidied) == tidied


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ICE", "ice"),
        ("\u0406\u0421\u0415", "ice"),
        ("\u0456\u0441\u0435", "ice"),
        ("\u0399\u03f9\u0395", "ice"),
        ("\uff49\uff43\uff45", "ice"),
        ("i\u00adc\u200be", "ice"),
        ("ïçé", "ice"),
        ("\U0001d408\U0001d402\U0001d404", "ice"),
        ("İCE", "ice"),
        ("STRASSE straße", "strasse strasse"),
    ],
)
def test_a_folded_text_cannot_hide_a_word(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stolen vehicle", ["stolen", "vehicle"]),
        ("police, on_ice", ["police", "on", "ice"]),
        ("I.C.E.", ["i", "c", "e", "", "ice"]),
        ("---", []),
        ("n/a", ["n", "a"]),
    ],
)
def test_words_are_whole_and_folded(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize("text", ["\u0301", "\ue000", "\u0378", "\U0001d159", "\ufffc", " \u20dd"])
def test_what_has_no_shape_of_its_own_is_blank(text: str) -> None:
    assert is_blank(text)
    assert tidy(text) == ""
    assert words_of(text) == []


@pytest.mark.parametrize(
    "text", ["I\x08CE", "i\x7fce", "I\u20ddC\u20ddE\u20dd", "i\U0001bca0ce", "\ue000ice"]
)
def test_no_invisible_character_breaks_a_screened_word(text: str) -> None:
    assert words_of(text) == ["ice"]


@given(st.text(alphabet=st.characters(max_codepoint=0x80)))
def test_words_of_plain_text_are_its_runs_of_letters_and_digits(text: str) -> None:
    folded = fold(text)
    joined = ["", *re.findall(r"[^\W_]+", folded.replace(".", ""))] if "." in folded else []
    assert words_of(text) == [*re.findall(r"[^\W_]+", folded), *joined]


def test_a_name_longer_than_any_is_only_trimmed() -> None:
    name = "\uff28" * (LONGEST_NAME + 1)
    assert tidy(f" {name} ") == name
    assert tidy(name[1:]) == "H" * LONGEST_NAME


HOSTILE = ["a" + " " * 300_000 + "b", "a" + "\u0315\u0300" * 150_000, "\u0f73" * 300_000]


@pytest.mark.parametrize("text", HOSTILE, ids=["blanks", "accents", "double accents"])
@pytest.mark.parametrize("function", [is_blank, tidy, fold, words_of])
def test_a_text_made_to_be_slow_takes_time_in_proportion(
    function: Callable[[str], object], text: str
) -> None:
    """What grows with the square of the length would take minutes here."""
    began = process_time()
    function(text)
    assert process_time() - began < 5  # seconds; a tenth is usual


def test_a_long_text_with_an_accent_is_folded_as_one() -> None:
    text = "x" * 1_000
    assert fold(f"\u00c9{text}") == f"e{text}"
    assert words_of(f"\u00c9{text} z") == [f"e{text}", "z"]
