"""A vendor's list of what is open, in each of its shapes."""

import orjson
import pytest

from streams.adapters.vendor_lists import parse_vendor_list
from streams.errors import InputError
from streams.policy.share_listing import ListedShare
from streams.policy.vocabulary import Scope

PORTAL = "src_agency,external_agency\nOurs,Burbank CA PD\nOurs,FBI\n"
WHOLE = ListedShare(recipient_name="Burbank CA PD", network="Harbour", scopes=(Scope.SEARCH, Scope.VMS_LIVE))


def names(text: str, source: str | None = None) -> list[str]:
    return [one.recipient_name for one in parse_vendor_list(text, "list", source)]


def test_a_portal_states_who_and_nothing_more() -> None:
    assert parse_vendor_list(PORTAL, "list") == (
        ListedShare(recipient_name="Burbank CA PD"),
        ListedShare(recipient_name="FBI"),
    )


def test_of_many_portals_one_is_named() -> None:
    many = f"{PORTAL}Others,Nobody\n"
    assert names(many, "Others") == ["Nobody"]
    with pytest.raises(InputError, match="has the lists of 2 agencies; say with --of"):
        names(many)


def test_a_portal_as_json_has_its_names_in_a_list_or_in_a_line() -> None:
    portal = {"crawled_slug": "ours-ca-pd", "sharing_outbound": ["FBI", "University of California, Berkeley"]}
    assert names(orjson.dumps(portal).decode()) == portal["sharing_outbound"]
    line = {**portal, "sharing_outbound": "FBI, University of California, Berkeley"}
    other = {"crawled_slug": "other", "sharing_outbound": []}
    assert names(orjson.dumps([line, other]).decode(), "ours-ca-pd") == portal["sharing_outbound"]


@pytest.mark.parametrize(
    "text",
    [
        "recipient,network,scopes\nBurbank CA PD,Harbour,Search; VMS Go-Live\n",
        "\ufeffnetwork,scopes,recipient,note\nHarbour,search|vms_live,Burbank CA PD,x\n",
        (
            '{"shares": [{"recipient": "Burbank CA PD", "network": "Harbour",'
            ' "scopes": ["search", "VMS Go-Live"]}]}'
        ),
    ],
)
def test_the_plain_form_states_network_and_scopes_by_our_words_or_the_vendors(text: str) -> None:
    assert parse_vendor_list(text, "list") == (WHOLE,)


def test_the_plain_form_may_state_who_alone() -> None:
    assert parse_vendor_list("recipient\nFBI\n", "list") == (ListedShare(recipient_name="FBI"),)
    assert parse_vendor_list('{"shares": [{"recipient": "FBI"}]}', "list") == (
        ListedShare(recipient_name="FBI"),
    )


def test_a_permission_that_nobody_knows_is_unknown() -> None:
    (share,) = parse_vendor_list("recipient,scopes\nFBI,Drone Feed\n", "list")
    assert share.scopes == (Scope.UNKNOWN,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("requesting_organisation,request_date,permissions_requested\nA,2026-01-01,Search\n", "requests for"),
        ("recipient,scopes\n ,Search\n", "list:2: recipient: expected a name"),
        ("recipient,scopes\nA\n", "list:2: expected 2 cells"),
        ("who,what\nA,B\n", "list:1: expected the column `src_agency`"),
        ("{", "is no JSON"),
        ("[]]", "is no JSON"),
        ('{"shares": {}}', "shares: expected a list"),
        ('{"shares": [{"recipient": " "}]}', r"shares\[0\]: expected names"),
        ('{"shares": [{"recipient": "A", "scope": []}]}', r"shares\[0\]: expected an object"),
        ('{"shares": [{"recipient": "A", "scopes": "search"}]}', "expected a list of words"),
        ('{"crawled_slug": "a"}', "expected `shares`, or portals"),
        ('{"sharing_outbound": [1]}', "expected a list of names"),
        ('{"sharing_outbound": [""]}', "expected a list of names"),
        ("[3]", "expected `shares`, or portals"),
    ],
)
def test_what_cannot_be_read_whole_is_not_read_in_part(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse_vendor_list(text, "list")
