import pytest

from streams.adapters.partner_rows import parse_partner_rows
from streams.errors import InputError


def test_who_when_and_where_are_read_and_nothing_else() -> None:
    text = (
        "user,organisation,plate,networks,at\n"
        'J Doe,"University of California, Berkeley",7ABC123,North; South,2026-03-01T10:00:00-08:00\n'
        "J Doe,FBI,7ABC123,,2026-03-01T18:00:00Z\n"
    )
    first, second = parse_partner_rows(text, "rows.csv")
    assert (first.organisation, first.networks) == ("University of California, Berkeley", ("North", "South"))
    assert (second.organisation, second.networks) == ("FBI", ())
    assert first.at == second.at
    assert "7ABC123" not in repr((first, second))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("organisation\nFBI\n", "rows.csv:1: expected the column `at`"),
        ("organisation,at\n ,2026-03-01T18:00:00Z\n", "rows.csv:2: organisation: expected a name"),
        ("organisation,at\nFBI,2026-03-01T18:00:00\n", "rows.csv:2: at: expected a time with its offset"),
        ("organisation,at\nFBI,yesterday\n", "rows.csv:2: at: expected a time with its offset"),
        ("organisation,at\nFBI\n", "rows.csv:2: expected 2 cells"),
    ],
)
def test_a_row_that_cannot_be_read_is_an_error_with_its_line(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        list(parse_partner_rows(text, "rows.csv"))
