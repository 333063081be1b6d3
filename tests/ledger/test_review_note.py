from datetime import timedelta
from typing import Any

import pytest

from streams.codecs.signing_key import SigningKey, new_signing_key
from streams.errors import InputError
from streams.ledger.review_note import LONGEST_REASON, read_review, review_text
from streams.ledger.signed_note import COSIGNATURE, SignedNote
from streams.ledger.signers import require_signers
from streams.policy.review import Review
from streams.policy.vocabulary import ReasonCode, ReviewAct
from tests.policy.building import NOW, a_review
from tests.wording import exactly

ORIGIN = "test/ledger"
CASTRO, OTHER = new_signing_key("m.castro", bytes(32)), new_signing_key("on-call", bytes(range(32)))
REVIEWERS = (CASTRO.verifier, OTHER.verifier)

UNKNOWN_WORD = "it has a code or a time that this gate does not know"


def note_of(text: str, *signers: SigningKey) -> str:
    return str(SignedNote(text=text, signatures=tuple(signer.sign(text) for signer in signers)))


def reread(text: str) -> Review:
    return read_review(note_of(text, CASTRO), ORIGIN, REVIEWERS)


@pytest.mark.parametrize("act", ["approve", "deny", "return"])
def test_what_was_signed_is_what_is_read(act: str) -> None:
    codes = ["REASON_NEEDS_REVIEW", "SELECTOR_TOO_BROAD"] if act == "approve" else []
    review = a_review(act=act, codes=codes, at=NOW + timedelta(microseconds=1))
    assert reread(review_text(ORIGIN, review)) == review
    assert review.act is ReviewAct(act)


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "x" * (LONGEST_REASON + 1), "a\u2028b"])
def test_a_reason_is_one_line_that_says_something(reason: str) -> None:
    with pytest.raises(InputError, match="in one line"):
        review_text(ORIGIN, a_review(reason=reason))


@pytest.mark.parametrize(
    "change",
    [
        ("alpr-gate review v1", "alpr-gate review v2"),
        (ORIGIN, "another/ledger"),
        ("approve", "maintain"),
        ("approve", "APPROVE"),
        (ReasonCode.REASON_NEEDS_REVIEW, "A_CODE_OF_TOMORROW"),
        (ReasonCode.REASON_NEEDS_REVIEW, f"{ReasonCode.REASON_NEEDS_REVIEW},"),
        ("+00:00", ""),
        ("2026-05-01T19:00:00.000000+00:00", "2026-05-01T21:00:00.000000+02:00"),
        ("2026-05-01T19:00:00.000000+00:00", "0001-01-01T00:00:00.000000+14:00"),
        ("read it\n", "read it\nand more\n"),
        ("read it", " "),
    ],
)
def test_another_spelling_is_no_review_though_it_is_signed(change: tuple[str, str]) -> None:
    text = review_text(ORIGIN, a_review(codes=["REASON_NEEDS_REVIEW"]))
    assert change[0] in text
    with pytest.raises(InputError):
        reread(text.replace(*change))


@pytest.mark.parametrize("change", [("REASON_NEEDS_REVIEW", "A_CODE_OF_TOMORROW"), ("2026-05", "2026-13")])
def test_a_word_that_this_gate_does_not_know_is_told_as_such(change: tuple[str, str]) -> None:
    text = review_text(ORIGIN, a_review(codes=["REASON_NEEDS_REVIEW"]))
    with pytest.raises(InputError, match=exactly(UNKNOWN_WORD)):
        reread(text.replace(*change))


@pytest.mark.parametrize(
    "signers", [(), (CASTRO, OTHER), (new_signing_key("m.castro", bytes(range(1, 33))),)]
)
def test_just_one_reviewer_signs(signers: tuple[SigningKey, ...]) -> None:
    with pytest.raises(InputError):
        read_review(note_of(review_text(ORIGIN, a_review()), *signers), ORIGIN, REVIEWERS)


def test_a_changed_text_is_refused_without_naming_anybody() -> None:
    note = note_of(review_text(ORIGIN, a_review(act="deny")), CASTRO).replace("deny", "return")
    with pytest.raises(InputError) as refused:
        read_review(note, ORIGIN, REVIEWERS)
    assert "castro" not in f"{refused.value}"


@pytest.mark.parametrize(
    "other",
    [
        new_signing_key("m.castro", bytes(range(32))),
        new_signing_key("castro", bytes(32)),
        new_signing_key("witness", bytes(range(32)), COSIGNATURE),
    ],
)
def test_reviewers_have_a_name_and_a_key_each_that_signs(other: Any) -> None:
    with pytest.raises(InputError):
        require_signers([CASTRO.verifier, other.verifier])
    assert require_signers(REVIEWERS) == REVIEWERS
