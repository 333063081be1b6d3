import pytest

from streams.policy.read_names import plate_key


@pytest.mark.parametrize("plate", [None, "", " ", "-", "8ABC*"])
def test_what_is_no_single_plate_has_no_spelling_that_another_could_share(plate: str | None) -> None:
    assert plate_key(plate) is None


@pytest.mark.parametrize("plate", ["8ABC123", "8abc 123", "8ABC-123 "])
def test_a_plate_is_compared_without_what_people_put_in(plate: str) -> None:
    assert plate_key(plate) == "8ABC123"
