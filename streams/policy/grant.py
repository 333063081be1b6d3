"""What an agreement gives, as parts that can be compared and told: nothing unless it can forward.

A draft, a revoked agreement, or one without its clause or review gives nothing, whatever stands in it. So a
change of status alone gives everything or takes everything, and a change of papers alone does neither.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.agreement import Agreement
from streams.policy.durations import duration_words
from streams.policy.live_terms import wider_parts
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.terms import ALL_NETWORKS, Terms, terms_of
from streams.policy.vocabulary import AgreementStatus

_EVERY = frozenset(ALL_NETWORKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of what an agreement gives: its name, and in words what of it is gained or lost."""

    what: str
    words: str


def grant_of(agreement: Agreement | None) -> Terms | None:
    """Return the terms under which something can leave, or None when nothing can."""
    if agreement is None or agreement.status is not AgreementStatus.ACTIVE:
        return None
    terms = terms_of(agreement)
    return terms if terms.is_concluded and terms.window() is not None else None


def gained(before: Terms | None, after: Terms | None) -> tuple[Part, ...]:
    """Return what the second gives beyond the first; asked the other way round, what is lost."""
    if after is None:
        return ()
    return tuple(part for part in _parts(before, after) if part.words)


def _parts(before: Terms | None, after: Terms) -> tuple[Part, ...]:
    known = {} if before is None else _lists(before)
    had_live_feed = before is not None and before.live_feed
    return (
        *(Part(what=what, words=_more(known.get(what), words)) for what, words in _lists(after).items()),
        Part(what="networks", words=_networks(before, after)),
        Part(what="age of reads", words=_age(before, after)),
        Part(what="live feed", words="yes" if after.live_feed and not had_live_feed else ""),
        Part(what="live terms", words=_live_terms(before, after)),
        Part(what="time", words=_time(before, after)),
    )


def _lists(terms: Terms) -> dict[str, frozenset[str]]:
    return {
        "data types": frozenset(terms.data_types),
        "scopes": frozenset(terms.scopes),
        "purposes": frozenset(terms.purposes),
        "fields": frozenset(terms.agreement.fields),
    }


def _more(before: frozenset[str] | None, after: frozenset[str]) -> str:
    return ", ".join(sorted(after - (before or frozenset())))


def _networks(before: Terms | None, after: Terms) -> str:
    known = frozenset() if before is None else _EVERY if before.networks is None else before.networks
    if after.networks is not None:
        return "" if known == _EVERY else _more(known, after.networks)
    if known == _EVERY:
        return ""
    return f"all but {_more(None, known)}" if known else "all"


def _age(before: Terms | None, after: Terms) -> str:
    if after.max_record_age is None:
        return ""
    words = f"up to {duration_words(after.agreement.max_record_age)}"
    if before is None or before.max_record_age is None:
        return words
    # Spans that only a calendar could compare are told on both sides.
    if after.max_record_age.is_within(before.max_record_age):
        return ""
    return f"{words} instead of {duration_words(before.agreement.max_record_age)}"


def _live_terms(before: Terms | None, after: Terms) -> str:
    """Return which terms of a live share give more; where there was no live feed, that says it all."""
    if before is None or not (before.live_feed and after.live_feed):
        return ""
    return ", ".join(wider_parts(before.agreement.live_terms, after.agreement.live_terms))


def _time(before: Terms | None, after: Terms) -> str:
    """Return the time that is added: all of it, or an earlier beginning and a later end."""
    window, known = after.window(), None if before is None else before.window()
    if window is None:
        return ""
    (begin, end), zone = window, after.zone or AGENCY_ZONE

    def day(instant: datetime) -> str:
        return f"{instant.astimezone(zone):%Y-%m-%d}"

    if known is None:
        return f"from {day(begin)} until {day(end)}"
    added = [f"from {day(begin)} instead of {day(known[0])}"] if begin < known[0] else []
    if known[1] < end:
        added.append(f"until {day(end)} instead of {day(known[1])}")
    return ", ".join(added)
