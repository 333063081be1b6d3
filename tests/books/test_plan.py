from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.books.entries import POLICY_KEY, BookRecord, Entry, Unreadable, key_of
from streams.books.index import BooksIndex
from streams.books.plan import (
    Plan,
    books_after,
    planned_agreements,
    planned_entities,
    planned_policy,
    planned_revocation,
    planned_revocations,
    recipients_of,
)
from streams.books.signed_history import UnsignedHistory
from streams.errors import InputError, UnlawfulChangeError
from streams.policy.agreement import Agreement, Fulfilment, Obligation
from streams.policy.entity import Entity
from streams.policy.vocabulary import (
    AgreementId,
    AgreementStatus,
    EntityClass,
    EntityId,
    EntityStatus,
    Purpose,
)
from tests.books.samples import NOW, agreement, entity, policy

BURBANK = AgreementId("burbank-2026")


def books_of(*entries: Entry) -> BooksIndex:
    index = BooksIndex(UnsignedHistory())
    records = [BookRecord(offset=n, key=key_of(entry), value=entry) for n, entry in enumerate(entries)]
    index.apply(records, len(records))
    return index


def applied(agreements: Sequence[Agreement], *known: Entry) -> Plan:
    return planned_agreements(agreements)(books_of(entity(), *known), NOW)


def test_a_new_agreement_is_a_change_with_nothing_before_it() -> None:
    (change,) = applied([agreement()]).changes
    assert (change.before, change.after) == (None, agreement())


def test_what_equals_the_books_is_left_alone() -> None:
    plan = applied([agreement()], agreement())
    assert (plan.changes, plan.unchanged) == ((), (key_of(agreement()),))


def test_a_higher_version_is_a_change() -> None:
    (change,) = applied([agreement(version=2)], agreement()).changes
    assert change.before == agreement()


@pytest.mark.parametrize("version", [1, 2])
def test_a_difference_without_a_higher_version_is_refused(version: int) -> None:
    known = agreement(version=2)
    changed = replace(agreement(version=version), live_feed=True)
    with pytest.raises(InputError, match="give version 3"):
        applied([changed], known)


def test_applying_the_old_file_does_not_take_back_a_revocation() -> None:
    with pytest.raises(InputError, match="version 2 \\(revoked\\)"):
        applied([agreement()], agreement(version=2, status=AgreementStatus.REVOKED))


def test_a_file_with_the_history_of_an_agreement_writes_what_is_new_in_order() -> None:
    history = [agreement(version=3), agreement(version=1), agreement(version=2)]
    plan = applied(history, agreement(version=1))
    assert [change.after for change in plan.changes] == [agreement(version=2), agreement(version=3)]
    assert [change.before for change in plan.changes] == [agreement(version=1), agreement(version=2)]
    assert applied(history, agreement(version=3)).changes == ()


def test_an_agreement_with_nobody_on_the_books_is_refused() -> None:
    with pytest.raises(InputError, match="apply the entity first"):
        applied([agreement(entity_id="glendale")])


def test_what_is_owed_cannot_be_met_in_the_future() -> None:
    owed = Obligation(kind="attestation", text="attest yearly", due=NOW.date())
    met = Fulfilment(kind="attestation", due=NOW.date(), by="a", at=NOW, reference="file 7")
    known = replace(agreement(), obligations=(owed,))
    assert len(applied([replace(known, version=2, fulfilments=(met,))], known).changes) == 1
    later = replace(met, at=NOW + timedelta(microseconds=1))
    with pytest.raises(InputError, match=f"`attestation` due on {NOW.date()} is met in the future"):
        applied([replace(known, version=2, fulfilments=(later,))], known)


def test_an_unreadable_agreement_can_be_applied_again() -> None:
    index = books_of(entity(), agreement(version=4))
    bad = BookRecord(offset=9, key=key_of(agreement()), value=Unreadable(why="bytes"))
    index.apply([bad], 10)
    (change,) = planned_agreements([agreement(version=4)])(index, NOW).changes
    assert change.before is None


def test_an_entity_that_is_known_is_left_alone_and_another_changes() -> None:
    moved = replace(entity(), jurisdiction="US-NV")
    plan = planned_entities([moved, entity("glendale")])(books_of(entity(), entity("glendale")), NOW)
    assert [change.after for change in plan.changes] == [moved]
    assert plan.unchanged == (key_of(entity("glendale")),)


def test_a_name_that_another_has_is_refused() -> None:
    claimant = replace(entity("glendale"), aliases=("burbank pd",))
    with pytest.raises(InputError, match="`glendale` has a name or an alias"):
        planned_entities([claimant])(books_of(entity()), NOW)


def test_a_name_may_move_from_one_entity_to_another_at_once() -> None:
    giver, taker = replace(entity(), aliases=()), replace(entity("glendale"), aliases=("burbank pd",))
    assert len(planned_entities([taker, giver])(books_of(entity()), NOW).changes) == 2


@pytest.mark.parametrize("name", ["", "a b", "über", "a/b", "x" * 161])
def test_an_id_that_can_name_no_topic_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a topic"):
        planned_entities([replace(entity(), entity_id=EntityId(name))])(books_of(), NOW)


def test_a_policy_is_put_in_force_once() -> None:
    (change,) = planned_policy(policy())(books_of(), NOW).changes
    assert change.key == POLICY_KEY
    assert planned_policy(policy())(books_of(policy()), NOW).unchanged == (POLICY_KEY,)


def test_a_policy_that_cannot_be_read_is_replaced_even_by_the_one_before_it() -> None:
    index = books_of(policy())
    index.apply([BookRecord(offset=5, key=POLICY_KEY, value=Unreadable(why="bytes"))], 6)
    assert len(planned_policy(policy())(index, NOW).changes) == 1


def test_a_revocation_is_a_new_version_and_changes_nothing_else() -> None:
    (change,) = planned_revocation(BURBANK)(books_of(entity(), agreement(version=4)), NOW).changes
    assert change.after == agreement(version=5, status=AgreementStatus.REVOKED)


def test_a_second_revocation_changes_nothing() -> None:
    index = books_of(entity(), agreement(status=AgreementStatus.REVOKED))
    assert planned_revocation(BURBANK)(index, NOW) == Plan(unchanged=(key_of(agreement()),))


def test_what_is_not_there_or_cannot_be_read_cannot_be_revoked() -> None:
    with pytest.raises(InputError, match="there is no agreement"):
        planned_revocation(BURBANK)(books_of(), NOW)
    index = books_of()
    index.apply([BookRecord(offset=1, key=key_of(agreement()), value=Unreadable(why="bytes"))], 2)
    with pytest.raises(InputError, match="cannot be read"):
        planned_revocation(BURBANK)(index, NOW)


def test_recipients_are_those_of_active_agreements_and_heirs() -> None:
    heir = replace(entity("unit"), parent=EntityId("burbank"), inherits_parent_agreement=True)
    entities = planned_entities([heir, entity("other")])(books_of(entity()), NOW)
    assert recipients_of(entities) == {"unit"}
    assert recipients_of(applied([agreement(), agreement("d", status=AgreementStatus.DRAFT)])) == {"burbank"}
    assert recipients_of(applied([agreement(status=AgreementStatus.SUSPENDED)])) == frozenset()


FEDERAL = replace(entity("federal"), entity_class=EntityClass.FEDERAL, jurisdiction="US")
UNLAWFUL_AGREEMENTS = (
    agreement(entity_id="federal"),
    replace(agreement(), purposes=(Purpose.IMMIGRATION_ENFORCEMENT,)),
)


@pytest.mark.parametrize("unlawful", UNLAWFUL_AGREEMENTS)
def test_an_unlawful_agreement_is_refused_with_a_request_that_shows_it(unlawful: Agreement) -> None:
    with pytest.raises(UnlawfulChangeError, match="would let through") as refused:
        applied([agreement("lawful"), unlawful], FEDERAL, policy())
    assert refused.value.exit_code == 3
    assert "`agreement/burbank-2026`" in str(refused.value)


def test_a_federal_body_that_turns_local_without_new_evidence_is_refused() -> None:
    with pytest.raises(UnlawfulChangeError, match="without evidence newer"):
        planned_entities([entity("federal")])(books_of(FEDERAL, policy()), NOW)


def test_what_narrows_is_never_refused() -> None:
    stopped = replace(UNLAWFUL_AGREEMENTS[0], version=2, status=AgreementStatus.SUSPENDED)
    assert len(applied([stopped], FEDERAL, UNLAWFUL_AGREEMENTS[0]).changes) == 1


entities_st = st.lists(st.sampled_from("abcdef"), unique=True).map(
    lambda names: [entity(name) for name in names]
)


@given(entities_st, entities_st)
def test_planning_again_on_the_books_after_changes_nothing(known: list[Entity], wanted: list[Entity]) -> None:
    index = books_of(*known)
    plan = planned_entities(wanted)(index, NOW)
    after = books_of(*books_after(index.books, plan).entities())
    assert planned_entities(wanted)(after, NOW).changes == ()
    assert {str(change.key) for change in plan.changes} | {str(key) for key in plan.unchanged} == {
        str(key_of(each)) for each in wanted
    }


@given(st.permutations([1, 2, 3, 4]), st.integers(1, 4), st.integers(0, 6))
def test_the_order_in_a_file_does_not_matter(order: list[int], length: int, known: int) -> None:
    on_books = (agreement(version=known),) if known else ()
    versions = order[:length]
    file = [agreement(version=version) for version in versions]
    if max(versions) < known:
        with pytest.raises(InputError):
            applied(file, *on_books)
    else:
        plan = applied(file, *on_books)
        newer = sorted(version for version in versions if version > known)
        assert [change.after for change in plan.changes] == [agreement(version=each) for each in newer]


HEIR = replace(entity("burbank-unit"), parent=EntityId("burbank"), inherits_parent_agreement=True)


def test_one_step_stops_all_that_some_entities_may_receive() -> None:
    books = books_of(
        entity(),
        entity("glendale"),
        HEIR,
        agreement(),
        agreement("burbank-2027"),
        agreement("glendale-2026", entity_id="glendale"),
    )
    changes = planned_revocations(lambda one: one.entity_id != "glendale")(books, NOW).changes
    assert [str(change.key) for change in changes] == [
        "agreement/burbank-2026",
        "agreement/burbank-2027",
        "entity/burbank-unit",
    ]
    assert [change.after for change in changes] == [
        agreement(version=2, status=AgreementStatus.REVOKED),
        agreement("burbank-2027", version=2, status=AgreementStatus.REVOKED),
        replace(HEIR, status=EntityStatus.INACTIVE),
    ]


def test_what_is_stopped_already_stays_as_it_is() -> None:
    off = replace(HEIR, status=EntityStatus.INACTIVE)
    books = books_of(entity(), off, agreement(status=AgreementStatus.REVOKED))
    assert planned_revocations(lambda _: True)(books, NOW) == Plan(unchanged=(key_of(agreement()),))


def test_nobody_is_stopped_by_a_slip_of_the_name() -> None:
    with pytest.raises(InputError, match="no such entity"):
        planned_revocations(lambda one: one.entity_id == "burbnak")(books_of(entity()), NOW)
