from typing import NamedTuple

import pytest

from streams.codecs.signing_key import SigningKey, new_signing_key
from streams.errors import InputError
from streams.ledger.shred_order import ShredOrder, read_orders, shred_order
from streams.ledger.signed_note import SignedNote, Verifier
from tests.wording import exactly


class Signer(NamedTuple):
    key: SigningKey
    verifier: Verifier


def signer(name: str, seed: int) -> Signer:
    key = new_signing_key(name, bytes((seed,)) * 32)
    return Signer(key, key.verifier)


CUSTODIAN, CLERK, STRANGER = signer("custodian", 1), signer("clerk", 2), signer("stranger", 3)
KNOWN = (CUSTODIAN.verifier, CLERK.verifier)
ORDER = shred_order("lapd/ledger", "2021-11", "retention has ended")


def note(by: Signer, order: object = ORDER) -> str:
    return str(SignedNote(text=str(order), signatures=(by.key.sign(str(order)),)))


def test_two_people_order_together() -> None:
    assert read_orders((note(CUSTODIAN), note(CLERK)), KNOWN) == ORDER


def test_both_signatures_may_stand_under_one_note() -> None:
    signatures = (CUSTODIAN.key.sign(str(ORDER)), CLERK.key.sign(str(ORDER)))
    both = str(SignedNote(text=str(ORDER), signatures=signatures))
    assert read_orders((both,), KNOWN) == ORDER


@pytest.mark.parametrize(
    "notes",
    [
        (),
        (note(CUSTODIAN),),
        (note(CUSTODIAN), note(CUSTODIAN)),
        (note(CUSTODIAN), note(STRANGER)),
    ],
)
def test_nobody_orders_alone(notes: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"^expected the signatures of 2 people, got (none|`custodian`)$"):
        read_orders(notes, KNOWN)


def test_nobody_orders_alone_however_many_others_might() -> None:
    many = (*KNOWN, signer("auditor", 4).verifier, signer("chief", 5).verifier)
    with pytest.raises(InputError, match=exactly("expected the signatures of 2 people, got `custodian`")):
        read_orders((note(CUSTODIAN), note(CUSTODIAN)), many)
    assert read_orders((note(CUSTODIAN), note(CLERK)), many) == ORDER


@pytest.mark.parametrize("reason", ["as told in form X", "retention has ended "])
def test_a_reason_is_read_as_it_was_signed(reason: str) -> None:
    order = shred_order("lapd/ledger", "2021-11", reason)
    assert read_orders((note(CUSTODIAN, order), note(CLERK, order)), KNOWN) == order


@pytest.mark.parametrize(
    "signers",
    [
        (),
        (CUSTODIAN.verifier,),
        (CUSTODIAN.verifier, CUSTODIAN.verifier),
        # One key under two names, and one name with two keys, are one person.
        (CUSTODIAN.verifier, signer("custodian-2", 1).verifier),
        (CUSTODIAN.verifier, signer("custodian", 9).verifier),
    ],
)
def test_one_person_is_not_two(signers: tuple[Verifier, ...]) -> None:
    with pytest.raises(InputError, match=exactly("expected the keys of 2 people who may order it together")):
        read_orders((note(CUSTODIAN), note(CLERK)), signers)


def test_one_key_under_two_names_signs_once_whoever_else_might_sign() -> None:
    twin = signer("custodian-2", 1)
    known = (CUSTODIAN.verifier, twin.verifier, CLERK.verifier)
    with pytest.raises(
        InputError, match=exactly("expected the signatures of 2 people, got `custodian` and `custodian-2`")
    ):
        read_orders((note(CUSTODIAN), note(twin)), known)


def test_who_has_two_keys_of_which_one_has_two_names_is_one_person() -> None:
    twin, second = signer("custodian-2", 1), signer("custodian", 9)
    known = (CUSTODIAN.verifier, twin.verifier, second.verifier, CLERK.verifier)
    with pytest.raises(InputError, match="expected the signatures of 2 people"):
        read_orders((note(twin), note(second)), known)
    assert read_orders((note(second), note(CLERK)), known) == ORDER


@pytest.mark.parametrize(
    "other",
    [
        shred_order("lapd/ledger", "2021-12", "retention has ended"),
        shred_order("lapd/ledger", "2021-11", "they asked for it"),
        shred_order("lasd/ledger", "2021-11", "retention has ended"),
    ],
)
def test_both_must_order_the_same(other: ShredOrder) -> None:
    with pytest.raises(
        InputError,
        match=exactly("the notes do not order the same: month and reason must be equal in all of them"),
    ):
        read_orders((note(CUSTODIAN), note(CLERK, other)), KNOWN)


def test_a_note_that_was_changed_is_no_order() -> None:
    changed = note(CUSTODIAN).replace("2021-11", "2026-11")
    with pytest.raises(InputError, match="is not one of this note"):
        read_orders((changed, note(CLERK)), KNOWN)


@pytest.mark.parametrize(
    "text", ["lapd/ledger\n12\nAAAA\n", "alpr-gate ledger shred v1\na\nb\n", f"{ORDER}x\n"]
)
def test_another_note_of_the_same_people_is_no_order(text: str) -> None:
    with pytest.raises(
        InputError, match=exactly("expected a note that begins with `alpr-gate ledger shred v1`")
    ):
        read_orders((note(CUSTODIAN, text), note(CLERK, text)), KNOWN)


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "a\x00b"])
def test_a_reason_is_one_line_that_says_something(reason: str) -> None:
    with pytest.raises(InputError, match=exactly("expected the reason for shredding, in one line")):
        shred_order("lapd/ledger", "2021-11", reason)
