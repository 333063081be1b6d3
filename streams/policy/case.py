"""One request with all that a rule may look at; made once per decision, so that no rule looks twice."""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.books import BooksView
from streams.policy.decision import Reason
from streams.policy.names import words_of
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.request import SharingRequest
from streams.policy.resolver import resolve_recipient
from streams.policy.standing import Standing


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules judge.

    `standing` is None exactly when `unresolved` says why nobody is the recipient. `words` are the folded
    words of the free texts, with an empty word between texts so that no phrase spans two of them.
    """

    request: SharingRequest
    books: BooksView
    policy: PolicyInForce
    now: datetime
    standing: Standing | None
    unresolved: Reason | None
    words: list[str]


def open_case(request: SharingRequest, books: BooksView, policy: PolicyInForce, now: datetime) -> Case:
    """Return the case of one request: its recipient resolved, its texts folded."""
    recipient = resolve_recipient(request, books)
    return Case(request, books, policy, now, recipient.standing, recipient.refusal, _words(request))


def _words(request: SharingRequest) -> list[str]:
    words: list[str] = []
    for text in (request.reason_text, request.offence_code, request.case_number):
        if text:
            words += words_of(text)
            words.append("")
    return words
