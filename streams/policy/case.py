"""One request with all that a rule may look at; made once per decision, so that no rule looks twice.

It is the seam between the request as it came and the rules: names are resolved, texts folded and ages worked
out here, and a rule that needs more asks the books. Nothing in it outlives the decision.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.policy.books import BooksView
from streams.policy.decision import Reason
from streams.policy.making import maker_of
from streams.policy.names import words_of
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.request import SharingRequest
from streams.policy.resolver import resolve_recipient
from streams.policy.standing import Standing

# What is screened of one free text; a person reads the rest. So no text, however long, is slow to judge.
SCREENED_LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules judge.

    `standing` is None exactly when `unresolved` says why nobody is the recipient. `words` are the folded
    words of the free texts, each up to `SCREENED_LENGTH`, with an empty word between texts so that no phrase
    spans two of them. `oldest` is the start of the window or the time of the oldest pushed record, and `age`
    how long ago that was.
    """

    request: SharingRequest
    books: BooksView
    policy: PolicyInForce
    now: datetime
    standing: Standing | None
    unresolved: Reason | None
    words: list[str]
    oldest: datetime | None
    age: timedelta | None

    @property
    def oldest_field(self) -> str:
        """Return the field that reaches back to `oldest`."""
        return "selector.window_from" if self.oldest == self.request.selector.window_from else "records"


_make_case = maker_of(Case)


def open_case(request: SharingRequest, books: BooksView, policy: PolicyInForce, now: datetime) -> Case:
    """Return the case of one request: its recipient resolved, its texts folded, its age worked out."""
    standing, unresolved = resolve_recipient(request, books)
    oldest = request.selector.window_from
    if request.records:
        captured = min(record.captured_at for record in request.records)
        oldest = captured if oldest is None or captured < oldest else oldest
    age = None if oldest is None else now - oldest
    return _make_case(request, books, policy, now, standing, unresolved, _words(request), oldest, age)


def _words(request: SharingRequest) -> list[str]:
    words = words_of(request.reason_text[:SCREENED_LENGTH]) if request.reason_text else []
    for code in (request.offence_code, request.case_number):
        # A number without a letter says nothing that a word list could hold.
        if code and code.upper() != code.lower():
            words.append("")
            words += words_of(code[:SCREENED_LENGTH])
    return words
