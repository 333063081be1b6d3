from dataclasses import replace

import pytest

from streams.errors import InputError
from streams.policy.books import Books
from streams.policy.vocabulary import AgreementId, AgreementStatus, EntityId
from tests.policy.building import a_policy, an_agreement, an_entity, entity_named, some_books

PASADENA, MOU = EntityId("pasadena-pd"), AgreementId("mou-24-017")


def test_empty_books_know_nothing() -> None:
    books = Books()
    assert books.revision == -1
    assert books.policy() is None
    assert books.entity(PASADENA) is None
    assert books.standing(PASADENA) is None
    assert books.agreement(MOU) is None
    assert books.agreements_of(PASADENA) == ()
    assert list(books.entities()) == []


def test_the_latest_version_of_an_agreement_wins() -> None:
    books = some_books()
    books.put_agreement(an_agreement(version=2, status="revoked"))
    assert [one.version for one in books.agreements_of(PASADENA)] == [3]
    books.put_agreement(an_agreement(version=4, status="revoked"))
    assert [one.status for one in books.agreements_of(PASADENA)] == [AgreementStatus.REVOKED]
    assert [one.version for one in books.agreements()] == [4]


def test_the_same_version_written_again_counts_as_it_is_written_last() -> None:
    books = some_books()
    books.put_agreement(an_agreement(status="revoked"))
    assert [one.status for one in books.agreements_of(PASADENA)] == [AgreementStatus.REVOKED]


def test_a_later_version_may_move_to_another_entity() -> None:
    books = some_books()
    books.put_agreement(an_agreement(version=4, entity_id="burbank-pd"))
    assert books.agreements_of(PASADENA) == ()
    assert [one.agreement_id for one in books.agreements_of(EntityId("burbank-pd"))] == [MOU]


def test_agreements_stand_by_id() -> None:
    books = some_books()
    books.put_agreement(an_agreement(agreement_id="a-1"))
    assert [one.agreement_id for one in books.agreements_of(PASADENA)] == ["a-1", MOU]


def test_a_standing_is_worked_out_anew_after_a_change() -> None:
    books = some_books()
    before = books.standing(PASADENA)
    assert before is books.standing(PASADENA)
    books.put_entity(replace(entity_named(books, "pasadena-pd"), jurisdiction="US-TX"))
    after = books.standing(PASADENA)
    assert before is not None
    assert after is not None
    assert (before.bars, after.bars) == ((), ("RECIPIENT_OUT_OF_STATE",))


def test_a_recipient_is_who_has_the_name_now() -> None:
    books = some_books()
    entity = entity_named(books, "pasadena-pd")
    assert books.recipient(entity.name) is books.recipient(entity.name) is books.standing(PASADENA)
    assert books.recipient("nobody") is None
    books.put_entity(replace(entity, jurisdiction="US-TX"))
    barred = books.recipient(entity.name)
    assert barred is not None
    assert barred.bars == ("RECIPIENT_OUT_OF_STATE",)
    books.put_entity(replace(entity, entity_id=EntityId("another"), aliases=()))
    assert books.recipient(entity.name) is None


def test_spellings_from_outside_are_not_kept() -> None:
    books = some_books()
    name = entity_named(books, "pasadena-pd").name
    assert books.recipient(f"  {name} ") is books.standing(PASADENA)
    assert books.recipient(name) is books.standing(PASADENA)
    assert list(books._recipients) == [name]


@pytest.mark.parametrize("key", ["entity/pasadena-pd", "agreement/mou-24-017"])
def test_what_is_dropped_is_unusable(key: str) -> None:
    books = some_books()
    books.drop(key)
    standing = books.standing(PASADENA)
    assert standing is None or standing.terms == ()


def test_what_is_dropped_may_have_a_stroke_in_its_id() -> None:
    books = some_books()
    books.put_agreement(an_agreement(agreement_id="mou/24/18"))
    books.drop("agreement/mou/24/18")
    assert books.agreement(AgreementId("mou/24/18")) is None
    assert books.agreement(MOU) is not None


def test_a_dropped_entity_keeps_its_names_from_others() -> None:
    books = some_books()
    books.drop("entity/pasadena-pd")
    books.put_entity(an_entity(entity_id="usurper", name="Pasadena CA PD"))
    assert books.resolve("Pasadena CA PD") is None


def test_dropping_the_policy_leaves_none() -> None:
    books = some_books()
    books.drop("policy/current")
    assert books.policy() is None


@pytest.mark.parametrize("key", ["entity/ghost", "agreement/ghost", "heartbeat/worker-1", "nonsense"])
def test_dropping_what_is_not_there_changes_nothing(key: str) -> None:
    books = some_books()
    books.drop(key)
    assert books.policy() is not None
    assert books.agreement(MOU) is not None
    assert books.entity(PASADENA) is not None


def test_a_copy_is_its_own() -> None:
    books = some_books()
    twin = books.copy()
    twin.put_agreement(an_agreement(version=9, status="revoked"))
    twin.drop("entity/lapd")
    assert books.agreement(MOU) == an_agreement()
    assert books.entity(EntityId("lapd")) is not None
    assert twin.revision == books.revision
    assert twin.policy() == books.policy()


def test_a_policy_with_an_unreadable_duration_is_refused() -> None:
    with pytest.raises(InputError, match="max_window"):
        Books().put_policy(a_policy(max_window="a month"))


def test_the_compiled_agreement_is_found_by_id() -> None:
    terms = some_books().terms(MOU)
    assert terms is not None
    assert terms.agreement == an_agreement()
