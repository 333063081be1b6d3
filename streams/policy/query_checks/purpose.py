"""What the search was for: the purpose that is stated, and what the texts say besides.

As with requests a statement weighs more than a word: a purpose, an offence, or a choice from a list that is
of immigration or protected care states it; a word of the agency's lists in a text is for a person to read.
"""

from collections.abc import Iterator

from streams.policy.alias_index import spoken
from streams.policy.case import SCREENED_LENGTH
from streams.policy.mentions import other_in
from streams.policy.names import words_of
from streams.policy.offences import is_of_immigration, is_of_protected_care
from streams.policy.query_checks.case import QueryCase, is_untold
from streams.policy.query_event import QueryEvent
from streams.policy.query_finding import QueryFinding, found
from streams.policy.vocabulary import Purpose, ReasonCode

_IMMIGRATION, _CARE = "immigration", "protected_health_care"
# A choice of a vendor's list of reasons, as it sounds.
_CHOSEN_IMMIGRATION = "immigration civil administrative"
# What a vendor's own check of a prompt says when it let the search pass.
_PASSED_MODERATION = frozenset({"", "allow", "allowed"})


def prohibited_purpose(case: QueryCase) -> Iterator[QueryFinding]:
    """Immigration enforcement and protected care, stated (Gov. Code 7284.6; Penal Code 13778.2), and sale."""
    event = case.event
    immigration, care = (
        ReasonCode.PROHIBITED_PURPOSE_IMMIGRATION,
        ReasonCode.PROHIBITED_PURPOSE_PROTECTED_CARE,
    )
    match event.purpose_code:
        case Purpose.COMMERCIAL:
            yield found(ReasonCode.COMMERCIAL_PURPOSE, "purpose_code", "the purpose is commercial")
        case Purpose.IMMIGRATION_ENFORCEMENT:
            yield found(immigration, "purpose_code", "the purpose is immigration enforcement")
        case Purpose.PROTECTED_HEALTH_CARE:
            yield found(care, "purpose_code", "the purpose is legally protected health care")
    categories = _categories(event.offence, case)
    if is_of_immigration(event.offence or "") or _IMMIGRATION in categories:
        yield found(immigration, "offence", "the offence is one of immigration law")
    if is_of_protected_care(event.offence or "") or _CARE in categories:
        yield found(care, "offence", "the offence is legally protected health care")
    if spoken((event.reason_text or "")[:SCREENED_LENGTH]) == _CHOSEN_IMMIGRATION:
        yield found(immigration, "reason_text", "the reason chosen is immigration enforcement")


def on_behalf_of_another(case: QueryCase) -> Iterator[QueryFinding]:
    """A search for another body shares with that body (Civ. Code 1798.90.55(b); bulletin 2023-DLE-06).

    In 2025 local officers were found to search for federal agencies a hundred times in a month, by the reason
    that they wrote.
    """
    own = case.may_be_named()
    for field, text in _texts(case.event):
        mention = other_in(text, words_of(text[:SCREENED_LENGTH]), own, case.books)
        if mention is not None:
            yield found(ReasonCode.ON_BEHALF_OF_ANOTHER, field, mention.message)


def text_needs_review(case: QueryCase) -> Iterator[QueryFinding]:
    """A screened word is read by a person; so is a text too long to be screened, and what a vendor stopped.

    The reasons of searches that a vendor's own check blocked were innocent: what it objected to was the
    prompt. So all texts are screened, the case number among them.
    """
    for field, text in _texts(case.event):
        if len(text) > SCREENED_LENGTH:
            message = f"longer than the {SCREENED_LENGTH} characters that are screened"
            yield found(ReasonCode.REASON_NEEDS_REVIEW, field, message)
        elif categories := _categories(text, case):
            message = f"the text holds words of: {', '.join(categories)}"
            yield found(ReasonCode.REASON_NEEDS_REVIEW, field, message)
    if (case.event.moderation or "").strip().lower() not in _PASSED_MODERATION:
        message = "the vendor's own check of the prompt did not let it pass as it is"
        yield found(ReasonCode.REASON_NEEDS_REVIEW, "moderation", message)


def purpose_unspecific(case: QueryCase) -> Iterator[QueryFinding]:
    """A text of placeholder words alone states no purpose (Civ. Code 1798.90.52(b)).

    In one export three searches in ten say only "investigation", "inv", "bolo" or "patrol".
    """
    text = (case.event.reason_text or "")[:SCREENED_LENGTH]
    # Full stops part words (`inv.bolo`) or join letters (`B.O.L.O.`).
    readings = (words_of(text.replace(".", " ")), words_of(text.replace(".", "")))
    if not is_untold(text) and any(map(case.policy.placeholders.make_up, readings)):
        yield found(ReasonCode.PURPOSE_UNSPECIFIC, "reason_text", "the text is only placeholder words")


def purpose_not_authorised(case: QueryCase) -> Iterator[QueryFinding]:
    """A purpose that is given is one of the agency's authorised uses (Special Order 31)."""
    purpose = case.event.purpose_code
    if purpose is not None and purpose not in case.policy.purposes:
        message = f"purpose `{purpose}` is not among the agency's authorised uses"
        yield found(ReasonCode.PURPOSE_NOT_AUTHORISED, "purpose_code", message)


def _texts(event: QueryEvent) -> Iterator[tuple[str, str]]:
    """Yield each free text with its field; the offence is no free text, and judged by itself."""
    texts = {
        "reason_text": event.reason_text,
        "text_prompt": event.text_prompt,
        "filters": event.filters,
        "case_number": event.case_number,
    }
    for field, text in texts.items():
        if text:
            yield field, text


def _categories(text: str | None, case: QueryCase) -> tuple[str, ...]:
    """Return the categories of which the text holds words."""
    return case.policy.suspicious.categories_in(words_of(text[:SCREENED_LENGTH])) if text else ()
