"""On whose behalf: another body that the request names in its field, or in plain words of its text.

Local officers searched for federal agencies and wrote so in the reason: that is how it was found, a hundred
times in a month. A text is evidence and no proof, so words that only sound like a body hold, and a name spelt
out weighs like the field made for it. Who is named must be in the registry; a nickname that is no alias is
not seen here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from streams.policy.alias_index import spoken
from streams.policy.books import BooksView
from streams.policy.case import SCREENED_LENGTH, Case
from streams.policy.names import tidy
from streams.policy.resolver import organisation_of
from streams.policy.vocabulary import EntityId

_TRIGGERS = frozenset({"assist", "assisting", "assistance", "behalf", "for", "per"})
_SKIPPED = frozenset({"of", "the", "to", "with"})
_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Mention:
    """Another body, and whether it could not receive by statute."""

    is_barred: bool
    message: str


def named_by(name: str, case: Case) -> Mention | None:
    """Return the other that the field names, or None when it names the requester or the recipient itself.

    Whom the registry does not know cannot be shown to be a public agency, and so is barred.
    """
    other = case.books.resolve(name)
    if other is None:
        return Mention(is_barred=True, message="asked on behalf of somebody whom the registry does not know")
    if other.entity_id in _own(case):
        return None
    return _mention(other.entity_id, case.books)


def mentions_in(case: Case) -> Mention | None:
    """Return the first other that the request's text asks for; see `other_in`."""
    if _TRIGGERS.isdisjoint(case.words):
        return None
    return other_in(case.request.reason_text or "", case.words, _own(case), case.books)


def other_in(text: str, words: list[str], own: frozenset[EntityId], books: BooksView) -> Mention | None:
    """Return the first other that a text asks for: "assist", "for", "on behalf of", "per" and a name.

    `words` are the folded words of the text and of what stands beside it, `own` who may be named. A name in
    its exact spelling weighs like the field. One that only reads alike ("ice") is a keyword, and a keyword
    alone holds and never blocks.
    """
    text = normalize("NFKC", text[:SCREENED_LENGTH])
    found = None
    # Each phrase once: a text can repeat a name a thousand times.
    for phrase in dict.fromkeys(_phrases(words)):
        for other in books.claimants(phrase):
            if other not in own:
                mention = _weighed(other, phrase, text, books)
                if mention.is_barred:
                    return mention
                found = found or mention
    return found


def _phrases(words: list[str]) -> Iterator[str]:
    """Yield every run of words that follows a trigger, the filling words between left out."""
    for position, word in enumerate(words):
        if word not in _TRIGGERS:
            continue
        start = position + 1
        while start < len(words) and words[start] in _SKIPPED:
            start += 1
        for end in range(start + 1, min(start + _LONGEST_NAME, len(words)) + 1):
            yield " ".join(words[start:end])


def _weighed(other: EntityId, phrase: str, text: str, books: BooksView) -> Mention:
    entity = books.entity(other)
    names = () if entity is None else (entity.name, *entity.aliases)
    if any(spoken(name) == phrase and _stands_in(tidy(name), text) for name in names):
        return _mention(other, books)
    return Mention(is_barred=False, message=f"the text reads as if asked on behalf of `{other}`")


def _stands_in(name: str, text: str) -> bool:
    """Tell whether the name stands in the text as it is spelt, and not as a part of longer words."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _mention(other: EntityId, books: BooksView) -> Mention:
    if is_barred(other, books):
        return Mention(
            is_barred=True, message=f"asked on behalf of `{other}`, which could not receive by statute"
        )
    return Mention(is_barred=False, message=f"asked on behalf of `{other}`")


def _own(case: Case) -> frozenset[EntityId]:
    """Return whom the request may name: the recipient, the asking organisation, units above, the agency.

    A unit above that could not receive is another: a federal parent gets nothing by way of its local unit.
    """
    own = {case.policy.policy.agency.entity_id}
    if case.standing is not None:
        own |= {unit for unit in case.standing.line if not is_barred(unit, case.books)}
        own.add(case.standing.entity_id)
    asking = organisation_of(case.request, case.books)
    if asking is not None:
        own.add(asking)
    return frozenset(own)


def is_barred(entity_id: EntityId, books: BooksView) -> bool:
    """Tell whether it could not receive by statute; of whom nothing is known that is assumed."""
    standing = books.standing(entity_id)
    return standing is None or bool(standing.bars)
