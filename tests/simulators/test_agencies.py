from datetime import UTC, datetime

import pytest

from streams.policy.names import tidy
from streams.policy.vocabulary import EntityId, ReasonCode
from streams.simulators.agencies import OUTSIDERS, Condition, simulated_region

NOW = datetime(2031, 3, 1, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("each", [1, 5, 60])
def test_no_two_entities_share_a_name_or_an_id(each: int) -> None:
    region = simulated_region(1, NOW, each)
    entities = list(region.entities())
    names = [tidy(name) for entity in entities for name in {entity.name, *entity.aliases}]
    assert len(set(names)) == len(names)
    assert len({entity.entity_id for entity in entities}) == len(entities)


def test_every_condition_and_every_outsider_is_there() -> None:
    region = simulated_region(1, NOW)
    assert set(region.neighbours) == set(Condition)
    assert set(region.outsiders) == {kind.reason for kind in OUTSIDERS}
    assert all(len(group) == 5 for group in region.outsiders.values())


def test_a_task_force_has_a_member_that_the_books_know_and_that_cannot_receive() -> None:
    region = simulated_region(1, NOW)
    books = region.books()
    for force in region.outsiders[ReasonCode.RECIPIENT_INELIGIBLE_MEMBER]:
        (member,) = force.members
        standing = books.standing(member)
        assert standing is not None
        assert standing.bars == (ReasonCode.RECIPIENT_FEDERAL,)


def test_only_a_neighbour_without_an_agreement_has_none() -> None:
    region = simulated_region(1, NOW)
    books = region.books()
    for condition, group in region.neighbours.items():
        for neighbour in group:
            assert bool(books.agreements_of(neighbour.entity.entity_id)) is (condition is not Condition.NONE)


def test_the_same_seed_gives_the_same_region() -> None:
    assert simulated_region(1, NOW) == simulated_region(1, NOW)
    assert simulated_region(1, NOW) != simulated_region(2, NOW)


def test_the_books_hold_the_examples_too() -> None:
    assert simulated_region(1, NOW).books().entity(EntityId("us-ca-pasadena-pd")) is not None
