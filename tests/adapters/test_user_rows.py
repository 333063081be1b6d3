from dataclasses import replace
from datetime import UTC, datetime

import pytest

from streams.adapters.user_rows import COLUMNS, parse_users
from streams.errors import InputError
from streams.policy.user import Authorisation
from streams.policy.vocabulary import EntityId, UserStatus
from tests.books.samples import user

HEAD = ",".join(COLUMNS)
WHOLE = (
    "N41733,us-ca-lapd,active,lt. supervisor,2026-01-05T00:00:00Z,,2026-01-10T00:00:00Z,,2026-11-01T00:00:00Z"
)


def parsed(*rows: str, head: str = HEAD) -> object:
    return parse_users("\n".join((head, *rows)) + "\n", "accounts.csv")


def test_a_row_is_a_user_and_a_blank_cell_what_never_was() -> None:
    assert parsed(WHOLE) == (user(),)
    (bare,) = parse_users(f"{HEAD}\n N7 ,us-ca-lapd, suspended ,,,,, ,\n", "a")
    assert (bare.user_id, bare.entity_id, bare.status) == ("N7", EntityId("us-ca-lapd"), UserStatus.SUSPENDED)
    assert bare == replace(
        user("N7", status=UserStatus.SUSPENDED), authorised=None, trained_at=None, last_active_at=None
    )


def test_a_date_is_midnight_in_los_angeles() -> None:
    (found,) = parse_users(
        f"{HEAD}\nN1,us-ca-lapd,active,lt,2026-01-05,2026-07-05,2026-01-10,2026-02-01,2026-11-02\n", "a"
    )
    assert found.authorised == Authorisation(
        by="lt", at=datetime(2026, 1, 5, 8, tzinfo=UTC), until=datetime(2026, 7, 5, 7, tzinfo=UTC)
    )
    assert found.trained_at == datetime(2026, 1, 10, 8, tzinfo=UTC)
    assert found.reoriented_at == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert found.last_active_at == datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_columns_may_stand_in_any_order_and_beside_others() -> None:
    head = ",".join((*reversed(COLUMNS), "badge"))
    row = ",".join((*reversed(WHOLE.split(",")), "9"))
    assert parsed(row, head=head) == (user(),)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_must_be_there(column: str) -> None:
    with pytest.raises(InputError, match=f"accounts.csv:1: expected the column `{column}` in the header"):
        parsed(head=HEAD.replace(column, "another"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (WHOLE.replace("N41733", " "), "user_id: expected a name, got only blanks"),
        (WHOLE.replace("us-ca-lapd", ""), "entity_id: expected a name, got only blanks"),
        (WHOLE.replace("active", "Active"), "status: expected one of active, suspended, got `Active`"),
        (WHOLE.replace("active", "unknown"), "status: expected one of active, suspended, got `unknown`"),
        (WHOLE.replace("lt. supervisor", ""), "authorised_at: expected who authorised and when, or neither"),
        (WHOLE.replace("2026-01-05T00:00:00Z", ""), "authorised_at: expected who authorised and when"),
        (WHOLE.replace("lt. supervisor", "n41733"), "authorised_by: expected somebody else than the user"),
        (
            WHOLE.replace("05T00:00:00Z,", "05T00:00:00Z,2026-01-05T00:00:00Z"),
            "authorised_until: expected a time that is after `authorised_at`",
        ),
        (WHOLE.replace("2026-01-10T00:00:00Z", "10.01.2026"), "trained_at: expected a time with offset"),
        (WHOLE.replace("2026-11-01T00:00:00Z", "yesterday"), "last_active_at: expected a time with offset"),
        (f"{WHOLE},x", "expected 9 cells, one per column"),
    ],
)
def test_a_row_that_is_no_user_is_an_error_with_its_line(row: str, told: str) -> None:
    with pytest.raises(InputError) as wrong:
        parsed(WHOLE.replace("N41733", "N1"), row)
    assert str(wrong.value).startswith(f"accounts.csv:3: {told}")


def test_until_alone_authorises_nobody() -> None:
    with pytest.raises(InputError, match="expected who authorised and when, or neither"):
        parsed("N1,us-ca-lapd,active,,,2026-01-05,,,")


def test_a_user_stands_once_however_spelt_and_no_message_names_them() -> None:
    with pytest.raises(InputError, match=r"accounts\.csv:3: user_id: expected each user once") as wrong:
        parsed(WHOLE, WHOLE.replace("N41733", " N41733"))
    assert "N41733" not in str(wrong.value)
    assert len(parse_users(f"{HEAD}\n{WHOLE}\n{WHOLE.replace('us-ca-lapd', 'x')}\n", "a")) == 2
