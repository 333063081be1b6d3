import pytest

from streams.policy.alias_index import AliasIndex, names_a_pool, spoken
from streams.policy.vocabulary import EntityId

ONE, TWO = EntityId("one"), EntityId("two")


@pytest.mark.parametrize(
    "name",
    [
        "*",
        "**",
        "All",
        "Statewide Lookup",
        "statewide",
        "National Lookup",
        "ALL AGENCIES",
        "Share all (NVLS)",
        "all California law enforcement",
        "Nationwide search network",
        "\u0455tatewide",
    ],
)
def test_a_pool_is_named(name: str) -> None:
    assert names_a_pool(name)


@pytest.mark.parametrize(
    "name",
    ["", "--", "National City CA PD", "All Saints PD", "California Highway Patrol", "State Police", "Lookup"],
)
def test_a_body_or_nothing_is_no_pool(name: str) -> None:
    assert not names_a_pool(name)


def test_a_name_belongs_to_its_one_claimant() -> None:
    index = AliasIndex()
    index.claim(ONE, ("Hemet CA PD", "Hemet PD", " ", "All", "##"))
    assert index.claimant("Hemet CA PD") == ONE
    assert index.claimant(" Hemet PD\u00a0") == ONE
    assert index.claimant("hemet pd") is None
    assert index.claimant("All") is None
    assert index.claimant("") is None
    assert index.sounding_like("") == ()


def test_two_claimants_are_none_until_one_gives_it_up() -> None:
    index = AliasIndex()
    index.claim(ONE, ("Hemet PD",))
    index.claim(TWO, ("Hemet PD",))
    assert index.claimant("Hemet PD") is None
    assert index.sounding_like("hemet pd") == (ONE, TWO)
    index.claim(TWO, ("Hemet Police",))
    assert index.claimant("Hemet PD") == ONE


def test_names_that_read_alike_are_claimed_once() -> None:
    index = AliasIndex()
    index.claim(ONE, ("Hemet P.D.", "HEMET PD"))
    assert index.sounding_like("hemet pd") == (ONE,)
    index.claim(ONE, ())
    assert index.sounding_like("hemet pd") == ()


def test_a_copy_is_its_own() -> None:
    index = AliasIndex()
    index.claim(ONE, ("Hemet PD",))
    twin = index.copy()
    twin.claim(ONE, ())
    assert index.claimant("Hemet PD") == ONE
    assert twin.claimant("Hemet PD") is None


def test_a_spoken_name_is_its_folded_words() -> None:
    assert spoken("Orange County (CA) D.A. Office") == "orange county ca da office"


def test_a_name_that_is_blank_once_normalised_claims_nothing() -> None:
    """The first is a blank with an accent; as a blank it would answer to every request without a name."""
    index = AliasIndex()
    index.claim(ONE, ["\u00a8", " "])
    assert index.claimant("\u00a8") is None
    assert index.claimant("") is None
