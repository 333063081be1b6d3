from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from streams.codecs.signing_key import SigningKey, new_signing_key
from streams.errors import InputError
from streams.ledger.disclosure_note import (
    LONGEST_LINE,
    DisclosureNote,
    disclosure_digest,
    disclosure_text,
    id_in,
    read_disclosure,
)
from streams.ledger.review_note import review_text
from streams.ledger.signed_note import SignedNote
from streams.policy.disclosure import Disclosure
from tests.policy.building import NOW, a_review
from tests.policy.legal_process import DISCLOSURE, a_disclosure, numbers_for_the_public
from tests.policy.test_disclosures import DISCLOSURES
from tests.wording import exactly

ORIGIN = "test/ledger"
OKAFOR, OTHER = new_signing_key("d.okafor", bytes(32)), new_signing_key("on-call", bytes(range(32)))
COUNSEL = (OKAFOR.verifier, OTHER.verifier)


def sent(text: str, *signers: SigningKey, disclosure_id: str = "d-26-0031") -> DisclosureNote:
    signatures = tuple(signer.sign(text) for signer in signers or (OKAFOR,))
    return DisclosureNote(disclosure_id=disclosure_id, note=str(SignedNote(text=text, signatures=signatures)))


def reread(text: str) -> Disclosure:
    return read_disclosure(sent(text), ORIGIN, COUNSEL)


@pytest.mark.parametrize(
    "disclosure",
    [
        DISCLOSURE,
        numbers_for_the_public(),
        a_disclosure(selector={"plate": None, "read_ids": ("r-1", "a: b,c")}),
        a_disclosure({"dated": None}, {"window_from": None}, case_number="", data_types=()),
        a_disclosure(at=NOW + timedelta(microseconds=1)),
    ],
)
def test_what_was_signed_is_what_is_read(disclosure: Disclosure) -> None:
    assert reread(disclosure_text(ORIGIN, disclosure)) == disclosure


@given(DISCLOSURES)
def test_whatever_can_be_signed_is_read_as_what_it_is_or_not_at_all(disclosure: Disclosure) -> None:
    try:
        text = disclosure_text(ORIGIN, disclosure)
        found = reread(text)
    except InputError:
        return
    assert disclosure_text(ORIGIN, found) == text
    assert found.selector.read_ids == disclosure.selector.read_ids


@pytest.mark.parametrize("case", ["two\nlines", "x" * LONGEST_LINE, "a\u2028b", "\x00"])
def test_each_value_stands_in_one_line(case: str) -> None:
    with pytest.raises(InputError, match="in one line"):
        disclosure_text(ORIGIN, a_disclosure(case_number=case))


@pytest.mark.parametrize(
    "change",
    [
        ("alpr-gate disclosure v1", "alpr-gate disclosure v2"),
        (ORIGIN, "another/ledger"),
        ("authority: search_warrant", "authority: hunch"),
        ("issuer: judge", "issuer: JUDGE"),
        ("issuer: judge\n", ""),
        ("case: 26-001234", "kase: 26-001234"),
        ("dated: 2026-04-30", "dated: 20260430"),
        ("data: plate_read", "data: plate_read,"),
        ("+00:00", ""),
        ("at: 2026-05-01T19:00:00.000000+00:00", "at: 2026-05-01T21:00:00.000000+02:00"),
        ("at: 2026-05-01T19:00:00.000000+00:00", "at: "),
        ("recipient: Superior", "recipient:  Superior"),
        ("plate: 8ABC123\n", "plate: 8ABC123\nstanding: yes\n"),
    ],
)
def test_another_spelling_is_no_disclosure_though_it_is_signed(change: tuple[str, str]) -> None:
    text = disclosure_text(ORIGIN, DISCLOSURE)
    assert change[0] in text
    changed = text.replace(*change)
    try:
        found = reread(changed)
    except InputError:
        return
    # A text is free: what differs there is read as it was signed.
    assert found == replace(DISCLOSURE, recipient=" Superior Court, Department 42")


@pytest.mark.parametrize("signers", [(OKAFOR, OTHER), (new_signing_key("d.okafor", bytes(range(1, 33))),)])
def test_just_one_of_counsel_signs(signers: tuple[SigningKey, ...]) -> None:
    with pytest.raises(InputError, match="not signed by one of counsel whom"):
        read_disclosure(sent(disclosure_text(ORIGIN, DISCLOSURE), *signers), ORIGIN, COUNSEL)


def test_a_signature_of_another_text_is_refused_without_naming_anybody() -> None:
    note = sent(disclosure_text(ORIGIN, DISCLOSURE)).note.replace("8ABC123", "7XYZ999")
    with pytest.raises(InputError) as refused:
        read_disclosure(DisclosureNote(disclosure_id="d-26-0031", note=note), ORIGIN, COUNSEL)
    assert "its signature is not one of what it says" in f"{refused.value}"
    assert "okafor" not in f"{refused.value}"


def test_a_review_is_no_disclosure_though_the_same_person_signed_it() -> None:
    with pytest.raises(InputError, match="does not begin with"):
        reread(review_text(ORIGIN, a_review(act="deny")))


def test_a_note_that_is_sent_under_another_id_is_refused() -> None:
    text = disclosure_text(ORIGIN, DISCLOSURE)
    with pytest.raises(InputError, match="another id"):
        read_disclosure(sent(text, disclosure_id="d-2"), ORIGIN, COUNSEL)


def test_the_id_of_a_note_says_where_it_belongs() -> None:
    assert id_in(sent(disclosure_text(ORIGIN, DISCLOSURE)).note) == "d-26-0031"
    for text in (review_text(ORIGIN, a_review(act="deny")), "alpr-gate disclosure v1\n"):
        with pytest.raises(InputError, match="expected a signed disclosure"):
            id_in(sent(text).note)


def test_the_digest_is_that_of_the_note_and_its_signature() -> None:
    text = disclosure_text(ORIGIN, DISCLOSURE)
    assert disclosure_digest(sent(text)) != disclosure_digest(sent(text, OTHER))
    assert disclosure_digest(sent(text)) == disclosure_digest(sent(text, disclosure_id="d-2"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ((ORIGIN, "another/ledger"), "it is about another ledger"),
        (
            ("issuer: judge", "issuer: hunch"),
            "it has a word, a time or an order of lines that no disclosure has",
        ),
    ],
)
def test_what_is_wrong_with_it_is_told(change: tuple[str, str], told: str) -> None:
    with pytest.raises(InputError, match=exactly(told)):
        reread(disclosure_text(ORIGIN, DISCLOSURE).replace(*change))
