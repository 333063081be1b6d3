from pathlib import Path

import pytest

from streams.codecs.signing_key import load_signing_key, new_signing_key, write_signing_key
from streams.errors import InputError
from streams.ledger.signed_note import COSIGNATURE, SignedNote, signed_by

SEED = bytes(range(32))
# The example in the documentation of Go's package note, where the format comes from.
GO_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.key"


def test_a_key_reads_back_and_its_signatures_verify(path: Path) -> None:
    made = new_signing_key("ledger", SEED)
    write_signing_key(made, path)
    loaded = load_signing_key(path)
    assert loaded.verifier == made.verifier
    assert signed_by(SignedNote(text="text\n", signatures=(loaded.sign("text\n"),)), made.verifier)


def test_a_key_of_a_witness_stays_one(path: Path) -> None:
    made = new_signing_key("clerk", SEED, COSIGNATURE)
    write_signing_key(made, path)
    assert load_signing_key(path).verifier == made.verifier
    assert made.verifier != new_signing_key("clerk", SEED).verifier


def test_a_key_that_another_program_made_is_read(path: Path) -> None:
    path.write_text(GO_KEY)
    path.chmod(0o600)
    assert str(load_signing_key(path).verifier) == GO_VERIFIER


def test_a_key_never_overwrites_another(path: Path) -> None:
    write_signing_key(new_signing_key("ledger", SEED), path)
    with pytest.raises(InputError, match=r"signing key .*exists"):
        write_signing_key(new_signing_key("ledger", bytes(32)), path)


def test_a_key_that_others_can_read_is_refused(path: Path) -> None:
    write_signing_key(new_signing_key("ledger", SEED), path)
    path.chmod(0o644)
    with pytest.raises(InputError, match="expected mode 0600, got 0644"):
        load_signing_key(path)


@pytest.mark.parametrize(
    "text",
    ["", "a key", GO_KEY[:-4], GO_KEY.replace("c74f", "c74e"), GO_KEY.replace("Peter", "Petra"), GO_VERIFIER],
)
def test_what_is_no_key_is_refused_without_telling_it(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(InputError) as raised:
        load_signing_key(path)
    assert "AYEKFALV" not in str(raised.value)


def test_no_repr_shows_the_seed() -> None:
    assert "key=" not in repr(new_signing_key("ledger", SEED))


def test_a_name_that_no_line_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match="expected one without spaces"):
        new_signing_key("the ledger", SEED)
