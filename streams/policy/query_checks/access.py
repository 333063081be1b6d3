"""Whether the log is the access record of Civ. Code 1798.90.52(a), and who of the agency's own searched."""

from collections.abc import Iterator

from streams.policy.query_checks.case import QueryCase, is_untold
from streams.policy.query_event import QueryEvent
from streams.policy.query_finding import QueryFinding, found
from streams.policy.user import Lack, lacks_of
from streams.policy.vocabulary import ReasonCode

_INCOMPLETE = ReasonCode.ACCESS_RECORD_INCOMPLETE


def access_record_incomplete(case: QueryCase) -> Iterator[QueryFinding]:
    """Time, data elements, user, organisation and purpose are told (Civ. Code 1798.90.52(a)).

    What a vendor withholds from its export is missing too: the record is the agency's to keep, and an auditor
    cannot read three asterisks.
    """
    missing = _missing(case.event)
    if missing:
        yield found(_INCOMPLETE, ",".join(missing), f"missing, blank or withheld: {', '.join(missing)}")
    start, end = case.event.window_from, case.event.window_to
    if start is not None and end is not None and end < start:
        yield found(_INCOMPLETE, "window_to", "the window ends before it starts")


def user_not_authorised(case: QueryCase) -> Iterator[QueryFinding]:
    """The agency's own users are authorised, trained, and active or reoriented (Special Order 31).

    Judged by when they searched: who was authorised only afterwards was not. Whom the log does not name is in
    no book either, which the access record tells.
    """
    event = case.event
    if not case.is_own or is_untold(event.user):
        return
    user = case.books.user(case.policy.policy.agency.entity_id, event.user)
    # The book keeps the last sign of activity alone, so that a year without any is told as of now.
    still = lacks_of(user, case.now)
    lacks = [lack for lack in lacks_of(user, case.at) if lack is not Lack.NOT_ORIENTED or lack in still]
    if lacks:
        yield found(ReasonCode.USER_NOT_AUTHORISED, "user", f"the user is {', '.join(lacks)}")


def _missing(event: QueryEvent) -> tuple[str, ...]:
    """Return what the access record lacks, in its order, by the fields of the event."""
    lacks = {
        "searched_at": event.searched_at is None,
        "plate": not _has_elements(event),
        "user": is_untold(event.user),
        "organisation": is_untold(event.organisation),
        "reason_text": event.purpose_code is None
        and is_untold(event.reason_text)
        and is_untold(event.offence),
    }
    return tuple(field for field, is_missing in lacks.items() if is_missing)


def _has_elements(event: QueryEvent) -> bool:
    """Tell whether a plate or other data elements used to query are told; both ends of a window are such."""
    texts = (event.plate, event.filters, event.text_prompt)
    has_window = event.window_from is not None and event.window_to is not None
    return has_window or not all(map(is_untold, texts))
