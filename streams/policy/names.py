"""Names and texts as Unicode: what is blank, what is the same spelling, what is the same word.

Two strengths. `tidy` is for identity: it trims and normalises (NFKC) and changes no letter, so that a
look-alike stays another name. `fold` is for suspicion: it also drops case, accents and invisible marks and
maps Cyrillic and Greek look-alikes to Latin, so that a screened word cannot hide.
"""

import re
from unicodedata import combining, normalize

# Format and variation characters, which take no room; and letters and signs that are drawn as nothing.
_ZERO_WIDTH = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
_REMOVED = re.compile(f"[{_ZERO_WIDTH}{_FILLERS}]+")
_BLANK = re.compile(rf"[\s{_ZERO_WIDTH}{_FILLERS}]*")
_EDGES = re.compile(rf"^[\s{_ZERO_WIDTH}{_FILLERS}]+|[\s{_ZERO_WIDTH}{_FILLERS}]+$")
_WORD = re.compile(r"[^\W_]+")

_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУԁһіӏјѕаеорсухкмтнвԛԝгոս" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεικνορτυχωη" + "ϲϹıłøđʟɪɡ",
    "ABESIJKMHOPCTXYdhiljsaeopcyxkmthbqwrnu" + "ABEZHIKMNOPTYXabyeikvoptuxwn" + "cCilodlig",
)


def is_blank(text: str | None) -> bool:
    """Tell whether nothing can be seen: None, empty, or only blanks and characters drawn as nothing."""
    if not text:
        return True
    return not "!" <= text[0] <= "~" and _BLANK.fullmatch(text) is not None


def tidy(name: str) -> str:
    """Return the spelling by which names are compared: NFKC, without blanks at the ends."""
    return _EDGES.sub("", normalize("NFKC", name))


def fold(text: str) -> str:
    """Return the text without case, accents, invisible characters and look-alike letters."""
    if text.isascii():
        return text.lower()
    # Look-alikes first, while case still tells them apart; again for what decomposition and case bring out.
    latin = normalize("NFKD", text.translate(_LOOK_ALIKES)).translate(_LOOK_ALIKES)
    small = normalize("NFKD", _REMOVED.sub("", latin).casefold()).translate(_LOOK_ALIKES)
    return "".join(letter for letter in small if not combining(letter))


def words_of(text: str) -> list[str]:
    """Return the folded words in order; then, for letters with dots between (`I.C.E.`), the joined words."""
    folded = fold(text)
    if folded.replace(" ", "").isalnum() and folded.isascii():
        return folded.split()
    words = _WORD.findall(folded)
    if "." in folded:
        words.append("")
        words += _WORD.findall(folded.replace(".", ""))
    return words
