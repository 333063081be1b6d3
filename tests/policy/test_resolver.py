import pytest

from streams.policy.books import Books
from streams.policy.resolver import is_agency
from tests.policy.building import in_force, some_books


@pytest.mark.parametrize("organisation", ["lapd", "Los Angeles CA PD", " Los Angeles CA PD "])
def test_the_agency_is_itself_also_where_the_registry_does_not_know_it(organisation: str) -> None:
    assert is_agency(organisation, in_force(some_books()), Books())


def test_another_is_not_the_agency() -> None:
    assert not is_agency("Pasadena CA PD", in_force(some_books()), some_books())
