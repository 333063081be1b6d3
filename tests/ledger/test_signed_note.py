from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.errors import InputError
from streams.ledger.checkpoint import Checkpoint, origin_of, read_checkpoint
from streams.ledger.signed_note import (
    COSIGNATURE,
    SIGNATURE,
    SignedNote,
    cosign,
    read_note,
    read_verifier,
    sign,
    signed_by,
    verifier_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
GATE = verifier_of("gate", SIGNATURE, KEY)
CLERK = verifier_of("clerk", COSIGNATURE, OTHER)
CHECKPOINT = Checkpoint(origin=origin_of("gate.example.org/ledger", 3), size=17, root=bytes(32))
NOTE = SignedNote(
    text=CHECKPOINT.text,
    signatures=(sign(CHECKPOINT.text, "gate", KEY), cosign(CHECKPOINT.text, "clerk", OTHER, 1_700_000_000)),
)

# The example in the documentation of Go's package note, where the format comes from.
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6R"
    "yyBwJnAM=\n"
)


def test_a_note_that_another_program_signed_verifies() -> None:
    note = read_note(GO_NOTE)
    assert signed_by(note, read_verifier(GO_VERIFIER))
    assert str(note) == GO_NOTE


def test_a_checkpoint_reads_back_with_its_signatures() -> None:
    note = read_note(str(NOTE))
    assert note == NOTE
    assert read_checkpoint(note.text) == CHECKPOINT
    assert signed_by(note, GATE)
    assert signed_by(note, CLERK)


@pytest.mark.parametrize("verifier", [GATE, CLERK], ids=["signature", "cosignature"])
def test_a_verifier_reads_back(verifier: object) -> None:
    assert read_verifier(f"{verifier}\n") == verifier


def test_a_key_that_did_not_sign_is_not_found() -> None:
    assert not signed_by(NOTE, verifier_of("gate", SIGNATURE, OTHER))
    assert not signed_by(NOTE, verifier_of("clerk", SIGNATURE, OTHER))


@pytest.mark.parametrize("verifier", [GATE, CLERK], ids=["signature", "cosignature"])
def test_a_text_that_was_changed_is_told(verifier: object) -> None:
    changed = SignedNote(text=NOTE.text.replace("17", "18"), signatures=NOTE.signatures)
    with pytest.raises(InputError, match="is not one of this note"):
        signed_by(changed, read_verifier(str(verifier)))


def test_a_cosignature_covers_its_time() -> None:
    later = cosign(NOTE.text, "clerk", OTHER, 1_700_000_001)
    assert later != NOTE.signatures[1]
    earlier = NOTE.signatures[1]
    forged = replace(earlier, content=later.content[:8] + earlier.content[8:])
    with pytest.raises(InputError, match="clerk"):
        signed_by(replace(NOTE, signatures=(forged,)), CLERK)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "text without signatures\n",
        "text\n\n",
        "text\n\n— gate AAAAAAAA",
        "text\n\ngate AAAAAAAA\n",
        "text\n\n— gate\n",
        "text\n\n— gate !!!!\n",
        "text\n\n— gate AAAAAA==\n",
        "text\n\n— ga+te AAAAAAAA\n",
        "text\n\n— gate AAAAAAAA\n\n",
    ],
)
def test_what_is_no_signed_note_is_refused(data: str) -> None:
    with pytest.raises(InputError):
        read_note(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gate",
        str(GATE).replace("gate", "gates"),
        str(GATE).replace("+AQ", "+Ag"),
        str(GATE)[:-4],
        "gate+00000000+!",
    ],
)
def test_what_is_no_verifier_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_verifier(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_a_key_needs_a_name_that_a_line_can_hold(name: str) -> None:
    with pytest.raises(InputError, match="expected one without spaces"):
        verifier_of(name, SIGNATURE, KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        "\n1\n" + "A" * 43 + "=\n",
        "origin\n01\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\nx\n" + "A" * 43 + "=\n",
        "origin\n\u0661\n" + "A" * 43 + "=\n",
        # Python turns no number of so many digits into an int.
        "origin\n" + "9" * 5000 + "\n" + "A" * 43 + "=\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n!\n",
        "origin\n1\n" + "A" * 43 + "=",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_checkpoint(text)


def test_extensions_of_a_checkpoint_are_passed_over() -> None:
    assert read_checkpoint(CHECKPOINT.text + "an extension\n") == CHECKPOINT
