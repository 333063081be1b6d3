"""What is wrong with the register of processors: contracts, clauses, reviews, and who is a recipient as well.

Source: State Auditor 2019-118 (cloud contracts without guarantees); Special Order 31 (all contracts reviewed,
with a clause against sharing outside); Civ. Code 1798.90.55(b) (hosting and towing are no sharing).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from streams.policy.books import Books
from streams.policy.lint.register_finding import RegisterCheck, RegisterFinding, error, in_order, warning
from streams.policy.names import is_blank
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.processor import Processor
from streams.policy.vocabulary import EntityId, ProcessorStatus


def lint_processors(books: Books, now: datetime, horizon: timedelta) -> tuple[RegisterFinding, ...]:
    """Return the findings at `now`, errors first; `horizon` is how far ahead reviews are told.

    A contract that has ended needs no review, but its id still is no recipient's.
    """
    found: list[RegisterFinding] = []
    for processor in books.processors.all():
        found += _also_recipient(processor, books)
        if processor.status is not ProcessorStatus.ENDED:
            found += _contract(processor)
            found += _review(processor, now, horizon)
    return in_order(found)


def _also_recipient(processor: Processor, books: Books) -> Iterator[RegisterFinding]:
    entity_id, name = EntityId(processor.processor_id), processor.processor_id
    if books.agreements_of(entity_id):
        message = "it is an entity with an agreement as well, and the gate forwards nothing to it"
        yield error(RegisterCheck.ALSO_RECIPIENT, name, "processor_id", message)
        return
    # Under another id the gate knows nothing of it.
    namesake = books.resolve(processor.name)
    if namesake is not None and books.agreements_of(namesake.entity_id):
        message = f"entity `{namesake.entity_id}` has its name and an agreement: is it a recipient after all?"
        yield error(RegisterCheck.ALSO_RECIPIENT, name, "name", message)


def _contract(processor: Processor) -> Iterator[RegisterFinding]:
    name = processor.processor_id
    if is_blank(processor.contract_reference):
        message = "no contract is on record"
        yield error(RegisterCheck.CONTRACT_MISSING, name, "contract_reference", message)
    if is_blank(processor.contract_digest):
        message = "no digest ties it to the contract on paper"
        yield warning(RegisterCheck.CONTRACT_MISSING, name, "contract_digest", message)
    if is_blank(processor.clause_reference):
        message = "no clause against using or passing on what it holds is on record"
        yield error(RegisterCheck.CLAUSE_MISSING, name, "clause_reference", message)


def _review(processor: Processor, now: datetime, horizon: timedelta) -> Iterator[RegisterFinding]:
    name, review = processor.processor_id, processor.clause_reviewed
    if review is None or is_blank(review.by):
        message = "no review of the clause is on record"
        yield error(RegisterCheck.REVIEW_MISSING, name, "clause_reviewed", message)
        return
    if review.at > now:
        message = f"its review is dated {_day(review.at)}, which is still to come"
        yield error(RegisterCheck.REVIEW_MISSING, name, "clause_reviewed.at", message)
    if review.due <= now:
        message = f"its review was due on {_day(review.due)}"
        yield error(RegisterCheck.REVIEW_OVERDUE, name, "clause_reviewed.due", message)
    elif review.due - now <= horizon:
        message = f"its review is due on {_day(review.due)}"
        yield warning(RegisterCheck.REVIEW_DUE, name, "clause_reviewed.due", message)


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(AGENCY_ZONE):%Y-%m-%d}"
