"""Texts, the short way: what is blank, what is one spelling, which words; shares no code with the gate."""

import re
import unicodedata
from functools import cache

LONGEST_SCREENED = 10_000
# Letters and signs that are drawn as nothing, and look-alikes of Latin letters: those the requests hold.
_DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")
_LATIN = str.maketrans("АВЕІКМНОРСТХаеіјорсухΑΒΕΙΟΤι", "ABEIKMHOPCTXaeijopcyxABEIOTi")  # noqa: RUF001  # these are look-alikes
_POOLS = frozenset({"all", "any", "everyone", "global", "national", "nationwide", "pool", "statewide"})
_BESIDE_POOLS = frozenset(
    {"agencies", "agency", "ca", "law", "enforcement", "lookup", "network", "police", "search"}
)


@cache
def is_blank(text: str | None) -> bool:
    """Tell whether a reader would see nothing."""
    return all(unicodedata.category(one)[0] in "ZCM" or one in _DRAWN_AS_NOTHING for one in text or "")


def one_spelling(name: str) -> str:
    """Return the name in Unicode's composed compatibility form, without blanks around it."""
    composed = unicodedata.normalize("NFKC", name)
    # An accent at the end belongs to the letter before it; a sign of variation takes no room.
    seen = [
        place
        for place, one in enumerate(composed)
        if (unicodedata.category(one) == "Mn" and not "\ufe00" <= one <= "\ufe0f") or not is_blank(one)
    ]
    return composed[seen[0] : seen[-1] + 1] if seen else ""


@cache
def readings(text: str) -> tuple[list[str], ...]:
    """Return the words as they stand, and once more with full stops joining letters: `I.C.E.` is `ice`."""
    plain = unicodedata.normalize("NFKD", text.translate(_LATIN))
    shown = "".join(one for one in plain if one.isspace() or not is_blank(one)).casefold()
    return tuple(re.findall(r"[^\W_]+", variant) for variant in (shown, shown.replace(".", "")))


def as_spoken(name: str) -> list[str]:
    """Return the words of a name, whose full stops join."""
    return readings(name)[1]


def holds(words: list[str], phrase: list[str]) -> bool:
    """Tell whether the phrase stands among the words."""
    return any(words[start : start + len(phrase)] == phrase for start in range(len(words)))


def is_made_of(words: list[str], phrases: list[list[str]]) -> bool:
    """Tell whether the words are those phrases and nothing else."""
    if not words:
        return True
    return any(
        words[: len(phrase)] == phrase and is_made_of(words[len(phrase) :], phrases)
        for phrase in phrases
        if phrase
    )


def names_a_pool(name: str) -> bool:
    """Tell whether the name is of no body but of all of a kind."""
    words = readings(name)[0]
    return name.strip() == "*" or (bool(_POOLS & set(words)) and set(words) <= _POOLS | _BESIDE_POOLS)


def field_of_offence(code: str) -> str:
    """Return `immigration` or `care` for an offence code of that field of law, else an empty text."""
    letters = "".join("".join(readings(code)[0]).split())
    number = letters
    for listing in ("ncic", "nibrs", "uoc"):
        number = number.removeprefix(listing)
    if number in ("30a", "30b", "30c", "30d") or (
        len(number) == 4 and number.isdigit() and number[:2] == "03"
    ):
        return "immigration"
    title = letters.removeprefix("title").removeprefix("t")
    if re.match(r"8(uscode|usc|cfr)(section|sec|s|a)?[0-9]", title):
        return "immigration"
    is_care = len(number) == 4 and number.isdigit() and number[:2] == "14" and "nibrs" not in letters
    return "care" if is_care else ""
