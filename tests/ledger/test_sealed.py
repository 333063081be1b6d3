from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from secrets import token_bytes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import LedgerError
from streams.ledger.sealed import MonthKey, Sealed, Sealer, month_in, month_of, months_from, open_sealed
from tests.wording import exactly

KEY = MonthKey("2026-11", bytes(range(32)))
OTHER = MonthKey("2026-11", bytes(range(1, 33)))
TELLS = "sealed contents do not open with the key `{}`: they were changed, or moved here"
CONTENTS = b"plate 8ABC123 for det.smith"


def sealed(contents: bytes = CONTENTS, about: str = "access d1") -> Sealed:
    return Sealer(KEY, token_bytes).seal(contents, about)


def with_part(whole: Sealed, part: str, value: bytes) -> Sealed:
    changes: dict[str, Any] = {part: value}
    return replace(whole, **changes)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_is_sealed_opens_as_it_was(contents: bytes, about: str) -> None:
    assert open_sealed(sealed(contents, about), about, KEY) == contents


def test_nothing_of_the_contents_shows() -> None:
    assert CONTENTS not in sealed().ciphertext
    assert KEY.key not in sealed().wrapped_key


def test_each_value_has_a_key_of_its_own() -> None:
    one, two = sealed(), sealed()
    assert one.wrapped_key != two.wrapped_key
    assert one.ciphertext != two.ciphertext


def test_without_the_key_of_the_month_nothing_opens() -> None:
    with pytest.raises(LedgerError, match=exactly(TELLS.format(OTHER.key_id))):
        open_sealed(sealed(), "access d1", OTHER)


def test_sealed_contents_open_only_as_what_they_are_about() -> None:
    with pytest.raises(LedgerError, match=exactly(TELLS.format(KEY.key_id))):
        open_sealed(sealed(), "access d2", KEY)


@pytest.mark.parametrize("part", ["wrapped_key", "nonce", "ciphertext"])
def test_a_changed_bit_anywhere_is_found(part: str) -> None:
    whole = sealed()
    value: bytes = getattr(whole, part)
    for place in range(len(value)):
        spoilt = value[:place] + bytes((value[place] ^ 1,)) + value[place + 1 :]
        with pytest.raises(LedgerError):
            open_sealed(with_part(whole, part, spoilt), "access d1", KEY)


@pytest.mark.parametrize("part", ["wrapped_key", "nonce", "ciphertext"])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 15])
def test_parts_of_no_possible_size_are_refused_like_changed_ones(part: str, size: int) -> None:
    with pytest.raises(LedgerError):
        open_sealed(with_part(sealed(), part, bytes(size)), "access d1", KEY)


def test_the_id_of_a_key_tells_its_month_and_which_key_it_is() -> None:
    assert KEY.key_id.startswith("2026-11-")
    assert KEY.key_id != OTHER.key_id
    assert month_in(KEY.key_id) == "2026-11"
    assert Sealer(KEY, bytes).key_id == KEY.key_id
    assert repr(KEY) == "MonthKey(month='2026-11')"


def test_what_is_sealed_names_the_key_that_it_was_sealed_with() -> None:
    assert sealed().key_id == KEY.key_id


@pytest.mark.usefixtures("in_los_angeles")
def test_a_month_is_one_in_utc() -> None:
    here = timezone(timedelta(hours=-8))
    assert month_of(datetime(2026, 11, 30, 15, 59, 59, tzinfo=here)) == "2026-11"
    assert month_of(datetime(2026, 11, 30, 16, tzinfo=here)) == "2026-12"


@pytest.mark.usefixtures("in_los_angeles")
def test_months_follow_one_another_over_the_year() -> None:
    assert months_from(datetime(2026, 11, 28, tzinfo=UTC), 3) == ("2026-11", "2026-12", "2027-01")
    assert months_from(datetime(2026, 12, 31, tzinfo=UTC), 1) == ("2026-12",)
    assert months_from(datetime(2026, 12, 1, tzinfo=UTC), 1) == ("2026-12",)
