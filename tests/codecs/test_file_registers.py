from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.codecs.files import read_processors, read_users
from streams.errors import InputError
from streams.examples import read_example
from streams.policy.agreement import ContractReview
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.user import lacks_of
from streams.policy.vocabulary import DataType, ProcessorKind, ProcessorStatus, UserStatus

USERS = """\
users:
  - user_id: N41733
    entity_id: us-ca-lapd
    status: active
    authorised: {by: lt. supervisor, at: 2026-01-05, until: 2026-07-05}
    trained_at: 2026-01-10
    reoriented_at: 2026-02-01
    last_active_at: 2026-11-02
"""
PROCESSORS = """\
processors:
  - processor_id: cloud-host
    name: Cloud Host Inc
    kind: hosting
    status: active
    purpose: keeps the reads
    holds: [plate_read, image]
    contract_reference: C-22-0417
    contract_digest: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    clause_reference: section 12(c)
    clause_reviewed: {by: counsel, at: 2026-01-12, due: 2028-01-12}
"""
Read = Callable[[str, str], object]


def problem(text: str, read: Read) -> str:
    with pytest.raises(InputError) as wrong:
        read(text, "f.yaml")
    return str(wrong.value)


def test_a_user_with_dates_that_are_midnights_in_los_angeles() -> None:
    (user,) = read_users(USERS, "f")
    assert (user.user_id, user.entity_id, user.status) == ("N41733", "us-ca-lapd", UserStatus.ACTIVE)
    assert user.authorised is not None
    assert (user.authorised.by, user.authorised.at) == ("lt. supervisor", datetime(2026, 1, 5, 8, tzinfo=UTC))
    instants = (user.authorised.until, user.trained_at, user.reoriented_at, user.last_active_at)
    days = [at.astimezone(AGENCY_ZONE).isoformat()[:16] for at in instants if at is not None]
    assert days == ["2026-07-05T00:00", "2026-01-10T00:00", "2026-02-01T00:00", "2026-11-02T00:00"]


def test_what_never_was_may_be_left_out() -> None:
    bare = "users: [{user_id: N1, entity_id: x, status: suspended}]"
    (user,) = read_users(bare, "f")
    assert (user.authorised, user.trained_at, user.reoriented_at, user.last_active_at) == (None,) * 4
    (user,) = read_users("users: [{user_id: N1, entity_id: x, status: active, authorised: null}]", "f")
    assert user.authorised is None
    (same,) = read_users(USERS.replace(", until: 2026-07-05", ""), "f")
    assert same.authorised is not None
    assert same.authorised.until is None


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("user_id: N41733", "user_id: ' '", ":2: users[0].user_id: expected text, got only blanks"),
        ("status: active", "status: on leave", ":4: users[0].status: expected one of active, suspended"),
        ("by: lt. supervisor", "by: n41733", ":5: users[0].authorised: expected `by` to be somebody else"),
        ("until: 2026-07-05", "until: 2026-01-05", ":5: users[0].authorised.until: expected a time that is"),
        ("trained_at", "trainedat", ":6: users[0].trainedat: expected no such key"),
        ("at: 2026-01-05", "att: 2026-01-05", ":5: users[0].authorised.at: expected this key, got none"),
        ("entity_id: us-ca-lapd\n    ", "", ":2: users[0].entity_id: expected this key, got none"),
    ],
)
def test_a_user_that_would_not_count_is_refused_with_its_line(before: str, after: str, told: str) -> None:
    assert before in USERS
    assert f"f.yaml{told}" in problem(USERS.replace(before, after), read_users)


def test_a_user_stands_once_however_spelt() -> None:
    again = USERS + USERS.removeprefix("users:\n").replace("N41733", '" N41733"')
    assert ":9: users[1].user_id: expected `N41733 of us-ca-lapd` once, got it on line 2" in problem(
        again, read_users
    )
    assert len(read_users(USERS + USERS.removeprefix("users:\n").replace("lapd", "lasd"), "f")) == 2


def test_a_processor_with_its_contract() -> None:
    (found,) = read_processors(PROCESSORS, "f")
    assert (found.processor_id, found.name, found.kind) == (
        "cloud-host",
        "Cloud Host Inc",
        ProcessorKind.HOSTING,
    )
    assert (found.status, found.purpose) == (ProcessorStatus.ACTIVE, "keeps the reads")
    assert found.holds == (DataType.PLATE_READ, DataType.IMAGE)
    assert (found.contract_reference, found.clause_reference) == ("C-22-0417", "section 12(c)")
    assert found.contract_digest is not None
    assert found.contract_digest.startswith("9f86d081")
    assert found.clause_reviewed == ContractReview(
        by="counsel", at=datetime(2026, 1, 12, 8, tzinfo=UTC), due=datetime(2028, 1, 12, 8, tzinfo=UTC)
    )


def test_papers_that_are_not_there_may_be_left_out() -> None:
    text = "processors: [{processor_id: t, name: Tow, kind: towing, status: ended, purpose: tows, holds: []}]"
    (found,) = read_processors(text, "f")
    papers = (
        found.contract_reference,
        found.contract_digest,
        found.clause_reference,
        found.clause_reviewed,
    )
    assert papers == (None,) * 4


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("kind: hosting", "kind: broker", ":4: processors[0].kind: expected one of hosting, towing, vendor"),
        ("status: active", "status: gone", ":5: processors[0].status: expected one of active, ended"),
        ("[plate_read, image]", "[pictures]", ":7: processors[0].holds: expected one of"),
        ("9f86d081", "9F86d081", ":9: processors[0].contract_digest: expected a SHA-256 of 64 hex digits"),
        ("due: 2028-01-12", "due: 2026-01-12", ":11: processors[0].clause_reviewed.due: expected a time"),
        ("by: counsel, ", "", ":11: processors[0].clause_reviewed.by: expected this key, got none"),
        ("purpose: keeps the reads\n    ", "", ":2: processors[0].purpose: expected this key, got none"),
        ("clause_reference", "clause", ":10: processors[0].clause: expected no such key"),
    ],
)
def test_a_processor_that_is_none_is_refused_with_its_line(before: str, after: str, told: str) -> None:
    assert before in PROCESSORS
    assert f"f.yaml{told}" in problem(PROCESSORS.replace(before, after), read_processors)


def test_a_processor_stands_once() -> None:
    twice = PROCESSORS + PROCESSORS.removeprefix("processors:\n")
    assert ":12: processors[1].processor_id: expected `cloud-host` once" in problem(twice, read_processors)


def test_the_examples_show_a_user_who_may_push_and_one_who_may_not() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    found = read_users(read_example("users.yaml"), "users.yaml")
    assert [bool(lacks_of(user, now)) for user in found] == [False, True]
    assert len(read_processors(read_example("processors.yaml"), "processors.yaml")) == 2
