"""Names and texts as Unicode: what is blank, what is the same spelling, what is the same word.

Two strengths. `tidy` is for identity: it trims and normalises (NFKC) and changes no letter, so that a
look-alike stays another name. `fold` is for suspicion: it also drops case, accents and invisible marks and
maps Cyrillic and Greek look-alikes to Latin, so that a screened word cannot hide.

Whoever sends a request chooses the text, so every function here takes time in proportion to its length.
"""

import re
from unicodedata import category, normalize

# Format and variation characters, which take no room; and letters and signs that are drawn as nothing.
_ZERO_WIDTH = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
# Signs by their category, and yet nobody sees more of them than an empty place.
_EMPTY_SIGNS = frozenset(_FILLERS + "\ufffc\U0001d159")
_FRONT = re.compile(rf"\A[\s{_ZERO_WIDTH}{_FILLERS}]+")
_WORD = re.compile(r"[^\W_]+")

# Of ASCII: letters in lower case, digits, and a blank for everything that parts words.
_PARTED = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128)).ljust(256)

# No name is longer. Normalising sorts accents in quadratic time, which an endless name would make use of.
LONGEST_NAME = 1024
# Accents sort within a piece alone, and folding drops them all, so pieces fold like the whole.
_PIECE = 64

_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУԁһіӏјѕаеорсухкмтнвԛԝգոս" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεικνορτυχωη" + "ϲϹıłøđʟɪɡ",
    "ABESIJKMHOPCTXYdhiljsaeopcyxkmthbqwrnu" + "ABEZHIKMNOPTYXabyeikvoptuxwn" + "cCilodlig",
)


def is_blank(text: str | None) -> bool:
    """Tell whether nothing can be seen: None, empty, or only blanks and characters drawn as nothing.

    Accents without a letter, private and unassigned characters are nothing that a reader could name either.
    """
    if not text:
        return True
    return not ("!" <= text[0] <= "~" or any(map(_is_seen, text)))


def tidy(name: str) -> str:
    """Return the spelling by which names are compared: NFKC, without blanks at the ends; blank is empty."""
    name = _trimmed(name)
    if len(name) <= LONGEST_NAME:
        name = _trimmed(normalize("NFKC", name))
    return "" if is_blank(name) else name


def fold(text: str) -> str:
    """Return the text without case, accents, invisible characters and look-alike letters."""
    # Nearly every text: nothing in it folds but its case.
    if text.isascii() and text.isprintable():
        return text.lower()
    # Look-alikes first, while case still tells them apart; again for what decomposition and case bring out.
    latin = _decomposed(text.translate(_LOOK_ALIKES)).translate(_LOOK_ALIKES)
    return _decomposed(latin.casefold()).translate(_LOOK_ALIKES)


def words_of(text: str) -> list[str]:
    """Return the folded words in order; then, for letters with dots between (`I.C.E.`), the joined words.

    Digits and letters make words, everything else parts them. An empty word stands between the plain words
    and the joined ones, so that no phrase spans both.
    """
    # Nearly every text. A full stop can join letters, and is seen to below.
    if "." not in text and text.isascii() and text.isprintable():
        return text.encode().translate(_PARTED).decode().split()
    folded = fold(text)
    words = _WORD.findall(folded)
    if "." in folded:
        words.append("")
        words += _WORD.findall(folded.replace(".", ""))
    return words


def _is_seen(letter: str) -> bool:
    """Tell whether it is a letter, number, sign or punctuation with a shape of its own."""
    return category(letter)[0] in "LNPS" and letter not in _EMPTY_SIGNS


def _trimmed(name: str) -> str:
    """Return the name without blanks at the ends; the end is the front of the reverse, and looked at once."""
    return _FRONT.sub("", _FRONT.sub("", name)[::-1])[::-1]


def _decomposed(text: str) -> str:
    """Return the text in compatibility letters (NFKD), without what nobody sees but the blanks."""
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    letters = "".join([normalize("NFKD", piece) for piece in pieces])
    return "".join([letter for letter in letters if letter.isspace() or _is_seen(letter)])
