import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.share_portals import NAMES_WITH_COMMA, Edge, parse_edges, request_of, split_names
from streams.errors import InputError
from streams.policy.vocabulary import Initiator, RequestKind


def edges(text: str) -> list[Edge]:
    return list(parse_edges(text, "portals.csv"))


def test_a_row_of_an_edge_file_is_one_share() -> None:
    text = "src_agency,external_agency,src_agency_id,external_agency_id\nNapa CA PD,FBI,1,2\n"
    assert edges(text) == [Edge("Napa CA PD", "FBI")]


def test_a_portals_list_is_one_share_for_each_name() -> None:
    text = 'agency,external_organizations_with_access\nNapa CA PD,"FBI, Davis CA PD , NCRIC"\n'
    assert [edge.recipient for edge in edges(text)] == ["FBI", "Davis CA PD", "NCRIC"]


def test_a_portal_that_lists_nobody_has_no_share() -> None:
    assert edges("agency,external_organizations_with_access\nNapa CA PD,NA\n") == []


def test_a_portal_that_gives_only_a_number_is_not_passed_over() -> None:
    assert edges("agency,external_organizations_with_access\nNapa CA PD,988\n") == [Edge("Napa CA PD", "988")]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("A, University of California, Berkeley, B", ("A", "University of California, Berkeley", "B")),
        ("University of California, Davis", ("University of California, Davis",)),
        (
            "California State University, Chico,University of California, Irvine",
            ("California State University, Chico", "University of California, Irvine"),
        ),
        ("University of San Francisco CA PD, B", ("University of San Francisco CA PD", "B")),
        ("University of California", ("University of California",)),
        (" , A,, ", ("A",)),
        ("", ()),
    ],
)
def test_a_campus_keeps_its_comma(cell: str, names: tuple[str, ...]) -> None:
    assert split_names(cell) == names


@given(st.lists(st.text("abc ", min_size=1).map(str.strip).filter(bool)))
def test_names_without_commas_are_all_kept_in_order(names: list[str]) -> None:
    assert split_names(", ".join(names)) == tuple(names)


@given(st.lists(st.sampled_from([*NAMES_WITH_COMMA, "A", "B C", "Berkeley"])))
def test_no_part_of_a_list_is_lost(parts: list[str]) -> None:
    assert ", ".join(split_names(",".join(parts))) == ", ".join(parts)


@pytest.mark.parametrize(
    ("source", "is_californian"),
    [
        ("Napa CA PD", True),
        ("Los Gatos Monte Sereno PD - CA", True),
        ("Cary NC PD", False),
        ("CAL FIRE", False),
    ],
)
def test_a_california_portal_has_the_token(source: str, is_californian: bool) -> None:  # noqa: FBT001  # a table
    assert Edge(source, "x").is_from_california() is is_californian


def test_an_edge_is_a_standing_share_of_that_network_and_nothing_invented() -> None:
    request = request_of(Edge("Napa CA PD", "FBI"))
    assert request.kind is RequestKind.STANDING_SHARE
    assert request.initiated_by is Initiator.RECIPIENT
    assert request.recipient_name == request.requested_by.organisation == "FBI"
    assert request.networks == ("Napa CA PD",)
    assert (request.requested_at, request.purpose_code, request.scopes, request.data_types) == (
        None,
        None,
        (),
        (),
    )


def test_two_portals_that_share_with_one_recipient_are_two_requests() -> None:
    ids = {
        request_of(Edge(source, "FBI")).request_id for source in ("Napa CA PD", "Lodi CA PD", "Lodi CA PD ")
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n", "portals.csv:1: expected the column `src_agency`"),
        ("src_agency,external_agency\nNapa CA PD,\n", "portals.csv:2: external_agency: expected a name"),
        ("src_agency,external_agency\nNapa CA PD\n", "portals.csv:2: expected 2 cells"),
        (
            "agency,external_organizations_with_access\nNapa CA PD, \n",
            "portals.csv:2: external_organizations",
        ),
    ],
)
def test_a_row_that_is_no_share_is_an_error_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        edges(text)
    assert str(caught.value).startswith(expected)
