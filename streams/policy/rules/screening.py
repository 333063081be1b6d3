"""What the free text says. A keyword alone holds for a person to read, and never blocks.

Words lie both ways: "ice" is a drug as well as an agency, and "in custody" holds no threat; so a match is a
question for a reviewer, and no verdict. The words are the policy's, by category; `immigration` and
`protected_health_care` may be changed but not emptied (`streams.policy.floor`). A text without any such word
proves nothing: one agency's export has "Investigation" as the reason of every search.
"""

from streams.policy.case import SCREENED_LENGTH, Case
from streams.policy.decision import Reason
from streams.policy.names import is_blank, words_of
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, RequestKind

_LEGAL_DISCLOSURE = RequestKind.LEGAL_DISCLOSURE


def reason_needs_review(case: Case) -> Reason | None:
    """A screened word, or legal process, is read by a person (Gov. Code 7284.6; Penal Code 13778.2).

    So is a text too long to be screened to its end, where a screened word could hide.

    Whole words only, after folding, so that "police" is not "ice" and "I.C.E." is. The message names
    categories, never the text, which may hold a name or a plate. Reason, offence code and case number are
    screened: plates have been found in the case number, so a word may stand there too.
    """
    if case.request.kind is _LEGAL_DISCLOSURE:
        message = "legal process is disclosed on its own way, signed by counsel, and matched to no agreement"
        return refuse(ReasonCode.REASON_NEEDS_REVIEW, "kind", message)
    if _is_too_long(case.request):
        message = f"a text is longer than the {SCREENED_LENGTH} characters that are screened"
        return refuse(ReasonCode.REASON_NEEDS_REVIEW, "reason_text,offence_code,case_number", message)
    categories = case.policy.suspicious.categories_in(case.words)
    if not categories:
        return None
    message = f"the text holds words of: {', '.join(categories)}"
    return refuse(ReasonCode.REASON_NEEDS_REVIEW, "reason_text", message)


def purpose_unspecific(case: Case) -> Reason | None:
    """A text of placeholder words alone states no purpose (Civ. Code 1798.90.52(b)).

    A blank text is missing, which the access record says.

    In a public export three searches in ten say only "investigation", "inv", "bolo" or "patrol". A reviewer
    may clear it, for such a search is often honest; it is not made so by asking again.
    """
    placeholders = case.policy.placeholders
    text = case.request.reason_text
    first = case.words[0] if case.words else ""
    if not text or (first and first not in placeholders.first_words and "." not in text):
        return None
    if is_blank(text) or not any(map(placeholders.make_up, _readings(text[:SCREENED_LENGTH]))):
        return None
    return refuse(ReasonCode.PURPOSE_UNSPECIFIC, "reason_text", "the text is only placeholder words")


def _readings(text: str) -> tuple[list[str], ...]:
    """Return the words with full stops parting them (`inv.bolo`), and joining them (`B.O.L.O.`)."""
    words = words_of(text)
    if "" not in words:
        return (words,)
    middle = words.index("")
    return words[:middle], words[middle + 1 :]


def _is_too_long(request: SharingRequest) -> bool:
    reason, offence, number = request.reason_text, request.offence_code, request.case_number
    return (
        (reason is not None and len(reason) > SCREENED_LENGTH)
        or (offence is not None and len(offence) > SCREENED_LENGTH)
        or (number is not None and len(number) > SCREENED_LENGTH)
    )
