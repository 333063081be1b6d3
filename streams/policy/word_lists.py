"""Screening words of the policy, compiled: whole words and phrases by category, after folding.

Words and not parts of words: "ice" is no part of "police". They are the agency's data, for what has to be
looked for changes faster than code. A match says only that a person should read the text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from streams.policy.names import words_of

PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One or more words that mean something only together, and the category they belong to."""

    category: str
    words: tuple[str, ...]

    def stands_at(self, words: Sequence[str], position: int) -> bool:
        """Tell whether the phrase begins at that word."""
        return tuple(words[position : position + len(self.words)]) == self.words


class WordList:
    """Phrases by their first word. An empty list finds nothing."""

    __slots__ = ("_by_first", "first_words")

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, tuple[Phrase, ...]] = {}
        for phrase in phrases:
            known = self._by_first.get(phrase.words[0], ())
            # Longest first: a filler phrase is taken whole before its first word alone.
            self._by_first[phrase.words[0]] = tuple(
                sorted((*known, phrase), key=lambda one: len(one.words), reverse=True)
            )
        self.first_words = frozenset(self._by_first)

    def categories_in(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the categories of which a phrase occurs among the words, sorted."""
        # Nearly every text ends here, which is why the first words are a set.
        if self.first_words.isdisjoint(words):
            return ()
        found = {
            phrase.category
            for position, word in enumerate(words)
            for phrase in self._by_first.get(word, ())
            if phrase.stands_at(words, position)
        }
        return tuple(sorted(found))

    def make_up(self, words: Sequence[str]) -> bool:
        """Tell whether the words are nothing but phrases of the list; no word at all is nothing too."""
        position = 0
        while position < len(words):
            phrases = self._by_first.get(words[position], ())
            length = next((len(p.words) for p in phrases if p.stands_at(words, position)), 0)
            if not length:
                return False
            position += length
        return True


def compile_screening(screening: Mapping[str, tuple[str, ...]]) -> tuple[WordList, WordList]:
    """Return the lists of suspicious words and of placeholder words; texts without a word are left out."""
    phrases = [
        Phrase(category, tuple(words))
        for category, texts in screening.items()
        for text in texts
        # Without dots, as the texts of requests are read both ways: `I.C.E.` in a list is `ice`.
        if (words := words_of(text.replace(".", "")))
    ]
    return (
        WordList(phrase for phrase in phrases if phrase.category != PLACEHOLDER),
        WordList(phrase for phrase in phrases if phrase.category == PLACEHOLDER),
    )
