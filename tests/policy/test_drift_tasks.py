"""Which tasks a vendor's record closes, and what keeps them open."""

import pytest

from streams.policy.drift_tasks import closed_tasks
from streams.policy.share_memory import ShareMemory
from streams.policy.tasks import open_tasks
from streams.rehearsal.plain_values import Plain
from tests.policy.building import NOW, some_books
from tests.policy.vendor_record import change_of

REVOKED: Plain = {"agreement": {"status": "revoked"}}
CLOSED = ("2026-01-03 grant north Pasadena CA PD: search", "2026-04-03 removal north Pasadena CA PD")


def closed(*lines: str, given: Plain = REVOKED) -> list[str]:
    books = some_books(given)
    memory = ShareMemory(change_of(line) for line in lines)
    return [one.task.subject for one in closed_tasks(open_tasks(books, NOW), memory.shares(), books)]


def test_a_share_that_was_there_and_is_gone_closes_its_task() -> None:
    assert closed(*CLOSED) == ["agreement/mou-24-017"]


def test_the_entitys_other_names_are_its_names() -> None:
    lines = [line.replace("Pasadena CA PD", "Pasadena Police Department") for line in CLOSED]
    assert closed(*lines) == ["agreement/mou-24-017"]


def test_with_an_agreement_in_force_there_is_nothing_to_close() -> None:
    assert closed(*CLOSED, given={}) == []


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((), id="that nobody lists it proves nothing"),
        pytest.param(CLOSED[:1], id="it is open"),
        pytest.param((*CLOSED, "2026-04-04 grant north Pasadena CA PD: search"), id="it came back"),
        pytest.param((*CLOSED, "2026-01-04 grant south Pasadena CA PD: vms"), id="another network is open"),
        pytest.param((*CLOSED, "2026-01-04 observation - Pasadena Police Department"), id="by another name"),
        pytest.param((*CLOSED, "2026-01-04 grant north Statewide Lookup: search"), id="a pool lets it in"),
        pytest.param((*CLOSED, "2026-04-03 grant north New Police: search"), id="a stranger came just then"),
    ],
)
def test_it_stays_open(lines: tuple[str, ...]) -> None:
    assert closed(*lines) == []


def test_a_stranger_who_was_there_before_is_no_new_name() -> None:
    assert closed(*CLOSED, "2026-01-03 grant north New Police: search") == ["agreement/mou-24-017"]
    assert closed(*CLOSED, "2026-04-30 observation north New Police: search") == ["agreement/mou-24-017"]


def test_a_unit_that_has_access_keeps_the_task_of_its_parent_open() -> None:
    given: Plain = {"agreement": {"entity_id": "lasd", "status": "revoked"}}
    gone = [line.replace("Pasadena CA PD", "Los Angeles CA SO") for line in CLOSED]
    assert closed(*gone, given=given) == ["agreement/mou-24-017"]
    unit = "2026-01-03 grant north LASD CA - San Dimas Station: search"
    assert closed(*gone, unit, given=given) == []
