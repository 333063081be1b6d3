"""Hits on hot lists: a disclosure of their own, for a hit tells that a plate is wanted, by whom and why.

Whose list it is has to be known before a hit goes anywhere: the owner, the list, the reason and the case.
Lists of immigration enforcement are nobody's to share (Gov. Code 7284.6), and what the agency's policy
screens for goes nowhere, since nobody can read a hit before it would have gone. A list that comes from CLETS
or NCIC has a stricter data type, for its data may go to fewer than an agency's own (CJIS Security Policy).
"""

from typing import NamedTuple

from streams.policy.live.withheld import Withheld
from streams.policy.names import is_blank, tidy, words_of
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.read_event import HotListSource, ReadEvent
from streams.policy.vocabulary import DataType
from streams.policy.word_lists import Phrase, WordList

_HITS = frozenset({DataType.HOTLIST_HIT, DataType.HOTLIST_HIT_RESTRICTED})
# The floor: the agency's own words for it come on top, and no policy takes one of these away.
_PROHIBITED_WORDS = (
    "immigration", "ice", "ero", "cbp", "uscis", "dhs", "homeland security", "border patrol", "deportation",
    "deported", "removal order", "customs and border protection",
)  # fmt: skip
# The state's and the nation's systems, and the files that agencies load from them.
_RESTRICTED_WORDS = (
    "clets", "ncic", "nlets", "cjis", "doj", "svs", "stolen vehicle system", "wanted persons system",
    "wanted person file", "supervised release file",
)  # fmt: skip


def _list_of(category: str, texts: tuple[str, ...]) -> WordList:
    return WordList(Phrase(category, tuple(words_of(text))) for text in texts)


_PROHIBITED_LIST = _list_of("immigration", _PROHIBITED_WORDS)
_RESTRICTED_LIST = _list_of("restricted", _RESTRICTED_WORDS)


class Hit(NamedTuple):
    """What a read discloses: its type, and the hot lists that it hit, none for a plain read."""

    data_type: DataType
    lists: tuple[str, ...]


def hit_of(event: ReadEvent, policy: PolicyInForce) -> Hit | Withheld:
    """Return what the read discloses, or why it may go to nobody.

    A read with entries of hot lists is a hit, whatever its feed calls it. One of several entries is enough to
    keep it: who gets the read would learn of all of them.
    """
    data_type, sources = event.read.data_type, event.hot_lists
    if not sources:
        return Withheld.HIT_INCOMPLETE if data_type in _HITS else Hit(data_type, ())
    if any(map(_is_incomplete, sources)):
        return Withheld.HIT_INCOMPLETE
    if any(_is_screened(source, policy) for source in sources):
        return Withheld.HIT_SCREENED
    is_restricted = data_type is DataType.HOTLIST_HIT_RESTRICTED or any(map(_is_restricted, sources))
    return Hit(
        DataType.HOTLIST_HIT_RESTRICTED if is_restricted else DataType.HOTLIST_HIT,
        tuple(sorted({tidy(source.list_name or "") for source in sources})),
    )


def _is_incomplete(source: HotListSource) -> bool:
    return any(map(is_blank, (source.owner, source.list_name, source.reason, source.case_number)))


def _is_screened(source: HotListSource, policy: PolicyInForce) -> bool:
    """Tell whether the entry is of immigration enforcement, or says what a person has to read first."""
    words = _words(source.owner, source.list_name, source.reason)
    return any(known.categories_in(words) for known in (_PROHIBITED_LIST, policy.suspicious))


def _is_restricted(source: HotListSource) -> bool:
    return bool(_RESTRICTED_LIST.categories_in(_words(source.owner, source.list_name)))


def _words(*texts: str | None) -> list[str]:
    """Return the folded words, with an empty one between texts so that no phrase spans two of them."""
    words: list[str] = []
    for text in texts:
        words += ["", *words_of(text or "")]
    return words
