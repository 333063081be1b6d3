from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.errors import InputError
from streams.ledger.checkpoint import Checkpoint, origin_of, read_checkpoint
from streams.ledger.signed_note import (
    COSIGNATURE,
    SIGNATURE,
    SignedNote,
    Verifier,
    cosign,
    read_note,
    read_verifier,
    sign,
    signed_by,
    verifier_of,
)
from tests.wording import exactly

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
NO_NOTE = "expected a signed note: text, an empty line, and signatures"
NO_SIGNATURE = "a line below a signed note is no signature"
NO_VERIFIER = "expected a verifier key, `name+hash+key` with an Ed25519 key in base64"
NO_CHECKPOINT = "expected a checkpoint: origin, size and root, each on its line"
NO_TREE = "checkpoint of `origin`: expected a number of records and a SHA-256 in base64"


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


def test_what_is_signed_verifies_also_where_the_text_has_an_empty_line() -> None:
    text = "gate.example.org/ledger\n\n17\n"
    signatures = (sign(text, "gate", KEY), cosign(text, "clerk", OTHER, 1_700_000_000))
    note = read_note(str(SignedNote(text=text, signatures=signatures)))
    assert note == SignedNote(text=text, signatures=signatures)
    assert signed_by(note, GATE)
    assert signed_by(note, CLERK)


def test_a_key_that_did_not_sign_is_not_found() -> None:
    assert signed_by(NOTE, verifier_of("gate", SIGNATURE, OTHER)) is False
    assert signed_by(NOTE, verifier_of("clerk", SIGNATURE, OTHER)) is False


@pytest.mark.parametrize("verifier", [GATE, CLERK], ids=["signature", "cosignature"])
def test_a_text_that_was_changed_is_told(verifier: Verifier) -> None:
    changed = SignedNote(text=NOTE.text.replace("17", "18"), signatures=NOTE.signatures)
    with pytest.raises(
        InputError,
        match=exactly(f"the signature of `{verifier.name}` is not one of this note"),
    ):
        signed_by(changed, read_verifier(str(verifier)))


def test_a_cosignature_covers_its_time() -> None:
    later = cosign(NOTE.text, "clerk", OTHER, 1_700_000_001)
    assert later != NOTE.signatures[1]
    earlier = NOTE.signatures[1]
    forged = replace(earlier, content=later.content[:8] + earlier.content[8:])
    with pytest.raises(InputError, match="clerk"):
        signed_by(replace(NOTE, signatures=(forged,)), CLERK)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", NO_NOTE),
        ("text without signatures\n", NO_NOTE),
        ("text\n\n", NO_NOTE),
        ("text\n\n— gate AAAAAAAA", NO_NOTE),
        ("text\n\ngate AAAAAAAA\n", NO_SIGNATURE),
        ("text\n\n— gate\n", NO_SIGNATURE),
        ("text\n\n— gate !!!!\n", NO_SIGNATURE),
        ("text\n\n— gate AAAAAA==\n", "a signature below a signed note is too short"),
        ("text\n\n— ga+te AAAAAAAA\n", NO_SIGNATURE),
        ("text\n\n— gate AAAAAAAA\n\n", NO_NOTE),
    ],
)
def test_what_is_no_signed_note_is_refused(data: str, message: str) -> None:
    with pytest.raises(InputError, match=exactly(message)):
        read_note(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NO_VERIFIER),
        ("gate", NO_VERIFIER),
        (
            str(GATE).replace("gate", "gates"),
            "verifier key `gates`: its hash is not that of its name and key",
        ),
        (str(GATE).replace("+AQ", "+Ag"), NO_VERIFIER),
        (str(GATE)[:-4], NO_VERIFIER),
        ("gate+00000000+!", NO_VERIFIER),
    ],
)
def test_what_is_no_verifier_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=exactly(message)):
        read_verifier(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_a_key_needs_a_name_that_a_line_can_hold(name: str) -> None:
    with pytest.raises(
        InputError, match=exactly(f"key name `{name}`: expected one without spaces and without `+`")
    ):
        verifier_of(name, SIGNATURE, KEY)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NO_CHECKPOINT),
        ("origin\n1\n", NO_CHECKPOINT),
        ("\n1\n" + "A" * 43 + "=\n", NO_CHECKPOINT),
        ("origin\n01\n" + "A" * 43 + "=\n", NO_TREE),
        ("origin\n-1\n" + "A" * 43 + "=\n", NO_TREE),
        ("origin\nx\n" + "A" * 43 + "=\n", NO_TREE),
        ("origin\n\u0661\n" + "A" * 43 + "=\n", NO_TREE),
        # Python turns no number of so many digits into an int.
        ("origin\n" + "9" * 5000 + "\n" + "A" * 43 + "=\n", NO_TREE),
        ("origin\n1\nAAAA\n", NO_TREE),
        ("origin\n1\n!\n", NO_TREE),
        ("origin\n1\n" + "A" * 43 + "=", NO_CHECKPOINT),
        # A last line that has no end, below a checkpoint that would be complete.
        ("origin\n1\n" + "A" * 43 + "=\nan extension", NO_CHECKPOINT),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=exactly(message)):
        read_checkpoint(text)


def test_extensions_of_a_checkpoint_are_passed_over() -> None:
    assert read_checkpoint(CHECKPOINT.text + "an extension\n") == CHECKPOINT
