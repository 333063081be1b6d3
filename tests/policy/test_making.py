from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from streams.policy.making import maker_of, twin_of


@dataclass(frozen=True, slots=True)
class Mixed:
    first: int
    second: str = "two"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    first: int = 1
    second: str


def test_a_made_value_is_like_one_of_the_constructor() -> None:
    make_mixed = maker_of(Mixed)
    made = make_mixed(1)
    assert type(made) is Mixed
    assert made == Mixed(1) == make_mixed(1, "two")
    assert hash(made) == hash(Mixed(1))
    assert repr(made) == repr(Mixed(1))
    assert replace(made, second="three") == Mixed(1, "three")


def test_fields_that_have_to_be_named_stay_so() -> None:
    make_named = maker_of(Named)
    assert make_named(second="x") == Named(second="x")
    with pytest.raises(TypeError):
        make_named(1, second="x")  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError):
        make_named(first=1)  # type: ignore[call-arg]  # that is the point


def test_a_made_value_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        maker_of(Mixed)(1).first = 2  # type: ignore[misc]  # that is the point


def test_a_twin_is_open_until_it_is_given_the_frozen_class() -> None:
    value = twin_of(Mixed)()
    value.first, value.second = 1, "two"
    value.__class__ = Mixed
    assert value == Mixed(1)
    with pytest.raises(FrozenInstanceError):
        value.first = 2
