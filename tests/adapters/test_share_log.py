"""A vendor's event log of grants and revocations: its traps, and a burst of removals in one go."""

from datetime import UTC, datetime
from zlib import crc32

import pytest

from streams.adapters.share_log import ShareLog, parse_share_log
from streams.errors import InputError
from streams.policy.share_change import ShareChangeKind
from streams.policy.share_memory import ShareMemory
from streams.policy.vocabulary import Scope

HEADER = "Timestamp,User,Event Type,Entity Type,Entity Details,Event Id"
WHO = "Jane Doe"


def details(recipient: str, network: str = "Harbour", permissions: str = "Search, Hot List") -> str:
    return f'"Network Name: {network}, Permissions: {permissions}, Receiving Organization: {recipient}"'


def row(event: str, cell: str, at: str = '"03/31/2026, 09:15:00 PM UTC"', kind: str = "networkShare") -> str:
    # Not `hash`: it differs from one process to the next, and testers have to agree on the names of tests.
    number = crc32(f"{event}{cell}{at}".encode()) % 10**6
    return f"{at},{WHO},{event},{kind},{cell},e-{number}"


def read(*rows: str, header: str = HEADER) -> ShareLog:
    return parse_share_log("\n".join((header, *rows)), "log.csv", "flock")


def test_a_grant_has_network_scopes_recipient_and_time_and_no_user() -> None:
    (change,) = read(row("create", details("Burbank CA PD"))).changes
    assert (change.kind, change.vendor, change.network) == (ShareChangeKind.GRANT, "flock", "Harbour")
    assert (change.recipient_name, change.scopes) == ("Burbank CA PD", (Scope.SEARCH, Scope.HOT_LIST))
    assert change.at == datetime(2026, 3, 31, 21, 15, tzinfo=UTC)
    assert WHO not in repr(change)


def test_a_removal_has_no_scopes_whatever_stands_there() -> None:
    (change,) = read(row("delete", details("Burbank CA PD"))).changes
    assert (change.kind, change.scopes) == (ShareChangeKind.REMOVAL, ())


@pytest.mark.parametrize("name", ["University of California, Berkeley", "Smith, Jones & Co: Patrol"])
def test_a_name_with_a_comma_or_a_colon_is_one_name(name: str) -> None:
    (change,) = read(row("create", details(name))).changes
    assert change.recipient_name == name


def test_a_permission_that_nobody_knows_is_unknown_and_none_is_lost() -> None:
    (change,) = read(row("create", details("B", permissions="[Search; Drone Feed | VMS Go-Live]"))).changes
    assert change.scopes == (Scope.SEARCH, Scope.UNKNOWN, Scope.VMS_LIVE)


def test_permissions_that_are_not_stated_are_none() -> None:
    (change,) = read(row("update", '"Network Name: N, Receiving Organization: B"')).changes
    assert (change.kind, change.scopes) == (ShareChangeKind.GRANT, ())


def test_headers_with_blanks_and_columns_elsewhere_are_read_by_name() -> None:
    header = " Event Id, Entity Details,Timestamp,Note, Event Type, Entity Type"
    line = f"e1,{details('B')},2026-03-31T21:15:00Z,,create,networkShare"
    (change,) = read(line, header=header).changes
    assert change.at == datetime(2026, 3, 31, 21, 15, tzinfo=UTC)


def test_the_newest_first_or_last_they_come_the_oldest_first() -> None:
    first = row("create", details("B"), '"03/01/2026, 12:00:00 AM UTC"')
    same = [row("delete", details("B")), row("create", details("B", permissions="VMS"))]
    shown = [
        [one.kind for one in read(*rows).changes] for rows in ((first, *same), (same[1], same[0], first))
    ]
    assert shown[0] == shown[1] == [ShareChangeKind.GRANT, ShareChangeKind.REMOVAL, ShareChangeKind.GRANT]


def test_what_is_no_share_is_counted() -> None:
    log = read(
        row("update", "x", kind="customHotlist"), row("create", details("B")), row("delete", "y", kind="user")
    )
    assert (len(log.changes), log.others, log.unread) == (1, 2, ())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (row("create", '"Network Name: N, Permissions: Search"'), "no Receiving Organization is named"),
        (row("update", '"Statewide Lookup: on"', kind="networkShareSettings"), "no Receiving Organization"),
        (row("approve", details("B")), "Event Type: expected create, update, delete"),
        (row("create", details("B"), "03/31/2026 21:15"), "Timestamp: expected a time such as"),
        (row("create", details("B"), "2026-03-31T21:15:00"), "Timestamp: expected a time such as"),
    ],
)
def test_a_row_on_shares_that_cannot_be_read_is_told_with_its_line(line: str, why: str) -> None:
    log = read(row("create", details("C")), line)
    assert len(log.changes) == 1
    (unread,) = log.unread
    assert unread.where == "log.csv:3"
    assert why in unread.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "log.csv:1: expected the column `Timestamp`"),
        ("a,b\n", "log.csv:1: expected the column `Timestamp`"),
        (f"{HEADER}\nshort,row\n", "log.csv:2: expected 6 cells"),
    ],
)
def test_what_is_no_log_is_an_error_with_its_line(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse_share_log(text, "log.csv", "flock")


def test_the_same_row_is_the_same_change_and_any_other_is_another() -> None:
    rows = [row("create", details("B")), row("create", details("C")), row("delete", details("B"))]
    ids = [one.change_id for one in read(*rows).changes]
    assert ids == [one.change_id for one in read(*rows).changes]
    assert len(set(ids)) == 3


def test_a_burst_of_211_removals_in_one_go_leaves_the_others_open() -> None:
    names = [f"Agency {number} CA PD" for number in range(300)]
    grants = [row("create", details(name), '"03/01/2026, 09:15:00 AM UTC"') for name in names]
    removals = [row("delete", details(name)) for name in names[:211]]
    memory = ShareMemory(read(*grants, *removals).changes)
    opened = {one.recipient_name for one in memory.shares() if one.is_open}
    assert opened == set(names[211:])
    gone = [one for one in memory.shares() if not one.is_open]
    assert len(gone) == 211 * 2
    assert {one.removed_at for one in gone} == {datetime(2026, 3, 31, 21, 15, tzinfo=UTC)}
