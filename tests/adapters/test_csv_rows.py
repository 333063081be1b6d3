import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.csv_rows import Rows, derived_request_id
from streams.errors import InputError


def cells(text: str, columns: tuple[str, ...] = ("a", "b")) -> list[dict[str, str]]:
    return [row.cells for row in Rows(text, "rows.csv", columns)]


def test_a_row_is_its_cells_by_the_header() -> None:
    assert cells('a,b\r\n1,"x, ""y"""\r\n') == [{"a": "1", "b": 'x, "y"'}]


def test_a_row_knows_its_line_even_after_a_cell_of_two_lines() -> None:
    rows = list(Rows('a,b\n1,"two\nlines"\n2,x\n', "rows.csv", ("a",)))
    assert [row.where for row in rows] == ["rows.csv:3", "rows.csv:4"]


def test_columns_that_nobody_asked_for_may_stand_beside() -> None:
    assert cells("z,b,a\n0,1,2\n") == [{"z": "0", "b": "1", "a": "2"}]


def test_the_mark_that_some_programs_put_first_is_no_part_of_a_name() -> None:
    assert cells("\ufeffa,b\n1,2\n") == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "rows.csv:1: expected the column `a` in the header"),
        ("a\n1\n", "rows.csv:1: expected the column `b` in the header"),
        ("a,b\n1,2\n3\n", "rows.csv:3: expected 2 cells, one per column"),
        ("a,b\n1,2,3\n", "rows.csv:2: expected 2 cells, one per column"),
        ('a,b\n1,"2"3\n', "rows.csv:2: expected a row of CSV"),
        ('a,b\n1,"2\n', "rows.csv:2: expected a row of CSV"),
    ],
)
def test_a_row_that_is_none_is_an_error_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        cells(text)
    assert str(caught.value).startswith(expected)


@given(st.text(max_size=100))
def test_any_text_is_rows_or_an_input_error(text: str) -> None:
    try:
        rows = cells(text, ())
    except InputError:
        return
    assert all(isinstance(row, dict) for row in rows)


def test_an_id_shows_none_of_its_parts_and_is_the_same_for_the_same_parts() -> None:
    first = derived_request_id("notice", "Bell CA PD", "2025-06-11")
    assert first == derived_request_id("notice", "Bell CA PD", "2025-06-11")
    assert first != derived_request_id("notice", "Bell CA PD", "2025-06-12")
    assert "Bell" not in first
