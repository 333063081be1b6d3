from pathlib import Path

import pytest

from streams.codecs.custodians import read_custodians
from streams.codecs.signing_key import new_signing_key
from streams.errors import InputError
from streams.ledger.signed_note import COSIGNATURE

ALICE = new_signing_key("alice", bytes((1,)) * 32).verifier
BOB = new_signing_key("bob", bytes((2,)) * 32).verifier
WITNESS = new_signing_key("clerk", bytes(32), COSIGNATURE).verifier


def test_custodians_are_read_with_those_who_were(tmp_path: Path) -> None:
    file = tmp_path / "custodians"
    file.write_text(f"# who may change the books\n{ALICE} until 17\n\n  {BOB}\n", encoding="utf-8")
    assert read_custodians(file) == ((BOB,), {ALICE: 17})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "found none"),
        (f"{ALICE} until 3\n", "found none"),
        (f"{BOB}\nalice\n", "line 2: expected a verifier key"),
        (f"{BOB}\n{WITNESS}\n", "line 2: expected the key of a signer"),
        (f"{BOB}\n{ALICE} until tomorrow\n", "line 2: expected the number of changes"),
        (f"{BOB}\n{ALICE} until -1\n", "line 2: expected the number of changes"),
        (f"{BOB}\n{ALICE} since 1\n", "line 2: expected a verifier key"),
    ],
)
def test_a_file_that_names_nobody_or_something_else_is_refused(tmp_path: Path, text: str, error: str) -> None:
    file = tmp_path / "custodians"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=error):
        read_custodians(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a text file"):
        read_custodians(tmp_path / "nothing")
