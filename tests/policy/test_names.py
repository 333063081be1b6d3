import sys
from unicodedata import category

import pytest

from streams.policy.names import fold, is_blank, tidy, words_of

# Visible although Unicode calls them format characters: signs set before Arabic, Syriac and Kaithi numbers,
# shorthand and hieroglyph controls.
VISIBLE_FORMATS = range(0x0600, 0x0606), (0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD)
DRAWN = {*VISIBLE_FORMATS[0], *VISIBLE_FORMATS[1], *range(0x13430, 0x13440), *range(0x1BCA0, 0x1BCA4)}


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
    unseen = [
        code for code in range(sys.maxunicode + 1) if category(chr(code)) in blanks and code not in DRAWN
    ]
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
