"""Two sides say what `decide` says of each; work that is saved changes nothing of it."""

from dataclasses import replace

import pytest

from streams.policy.books import Books
from streams.policy.comparison import Comparison, Side, compared
from streams.policy.decide import decide
from streams.policy.vocabulary import AgreementStatus, EntityClass, EntityId, Verdict
from streams.simulators.agencies import Condition, Region, simulated_region
from streams.simulators.traffic import Day
from tests.gate.bench import KEYRING
from tests.policy.building import NOW, a_request, an_agreement, in_force, some_books

REGION: Region = simulated_region(1, NOW)
REQUESTS = [simulated.request for simulated in Day(REGION, KEYRING, NOW).requests(400)]


def side(books: Books) -> Side:
    return Side(books, in_force(books))


def revoked(count: int) -> Books:
    """Return the region's books with agreements in force revoked."""
    books = REGION.books()
    for neighbour in REGION.neighbours[Condition.IN_FORCE][:count]:
        assert neighbour.agreement is not None
        version = neighbour.agreement.version + 1
        books.put_agreement(replace(neighbour.agreement, version=version, status=AgreementStatus.REVOKED))
    return books


def lent() -> Books:
    """Return the region's books where an entity has another class."""
    books = REGION.books()
    entity = REGION.neighbours[Condition.IN_FORCE][0].entity
    books.put_entity(replace(entity, entity_class=EntityClass.PRIVATE))
    return books


@pytest.mark.parametrize(
    "after", [REGION.books(), revoked(1), revoked(3), lent()], ids=("same", "one", "three", "class")
)
def test_both_sides_say_what_decide_says(after: Books) -> None:
    comparison = compared(side(REGION.books()), side(after))
    changes = 0
    for request in REQUESTS:
        first, second = (
            decide(request, one.books, one.policy, NOW) for one in (comparison.before, comparison.after)
        )
        found = comparison.of(request, NOW)
        assert found.before == (first.verdict, first.leading_reason)
        assert found.after == (second.verdict, second.leading_reason)
        assert found.entity_id == (second.entity_id or first.entity_id)
        assert not (comparison.spares(request.recipient_name) and first.reasons != second.reasons)
        changes += found.is_change
    assert (changes > 0) == (comparison.touched != frozenset())
    spared = sum(comparison.spares(request.recipient_name) for request in REQUESTS)
    assert (spared == 0) == (comparison.touched is None)


def test_only_recipients_whose_agreements_differ_are_touched() -> None:
    neighbours = REGION.neighbours[Condition.IN_FORCE]
    assert compared(side(REGION.books()), side(REGION.books())).touched == frozenset()
    assert compared(side(REGION.books()), side(revoked(1))).touched == frozenset(
        {neighbours[0].entity.entity_id}
    )


def test_a_unit_that_inherits_is_touched_with_its_parent() -> None:
    lender = {"agreement_id": "mou-lasd", "entity_id": "lasd"}
    before, after = some_books({"agreements": [lender]}), some_books({"agreements": [lender]})
    after.put_agreement(an_agreement(**lender, version=4, purposes=[]))
    assert compared(side(before), side(after)).touched == frozenset(map(EntityId, ("lasd", "lasd-san-dimas")))


@pytest.mark.parametrize(
    "given",
    [
        {"policy": {"max_window": "P1D"}},
        {"recipient": {"jurisdiction": "US-NV"}},
        {"entities": [{"entity_id": "new-pd", "name": "New CA PD"}]},
        {"evidence_holds": [{}]},
    ],
    ids=str,
)
def test_what_differs_in_more_than_agreements_is_compared_in_full(given: dict[str, object]) -> None:
    assert compared(side(some_books()), side(some_books(given))).touched is None


def test_a_side_that_cannot_evaluate_is_a_block_on_that_side_alone() -> None:
    naive = an_agreement(version=4, start="2025-01-01T00:00:00")
    broken = some_books()
    broken.put_agreement(naive)
    forth = compared(side(some_books()), side(broken)).of(a_request(), NOW)
    back = compared(side(broken), side(some_books())).of(a_request(), NOW)
    assert (forth.before.verdict, forth.after.verdict) == (Verdict.FORWARD, Verdict.BLOCK)
    assert (forth.after, forth.before) == (back.before, back.after)
    assert forth.entity_id == back.entity_id == "pasadena-pd"


def test_a_comparison_is_of_just_these_sides() -> None:
    one = side(some_books())
    assert compared(one, one) == Comparison(one, one, frozenset())
