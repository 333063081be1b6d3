import json
import os
from base64 import b64encode
from pathlib import Path

import pytest

from streams.codecs.keyring import load_keyring, new_keyring, read_keyring, write_keyring
from streams.errors import InputError

RANDOM = bytes(range(64))
SECRET = b64encode(RANDOM[:32]).decode()


def test_a_new_keyring_has_one_active_intake_key_and_a_pseudonym_key() -> None:
    keyring = new_keyring(RANDOM)
    assert keyring.intake_keys[keyring.active_intake_key] == RANDOM[:32]
    assert keyring.pseudonym_key == RANDOM[32:]


@pytest.mark.parametrize("random", [b"", bytes(63), bytes(65)])
def test_a_new_keyring_takes_64_bytes(random: bytes) -> None:
    with pytest.raises(InputError, match="expected 64 random bytes"):
        new_keyring(random)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    keyring = new_keyring(RANDOM)
    write_keyring(keyring, tmp_path / "keyring.json")
    assert load_keyring(tmp_path / "keyring.json") == keyring


def test_a_keyring_is_written_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_keyring(new_keyring(RANDOM), tmp_path / "keyring.json")
    finally:
        os.umask(before)
    assert (tmp_path / "keyring.json").stat().st_mode & 0o777 == 0o600


def test_a_keyring_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    write_keyring(new_keyring(RANDOM), tmp_path / "keyring.json")
    with pytest.raises(InputError, match="File exists"):
        write_keyring(new_keyring(bytes(64)), tmp_path / "keyring.json")
    assert load_keyring(tmp_path / "keyring.json") == new_keyring(RANDOM)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700])
def test_a_keyring_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keyring.json"
    write_keyring(new_keyring(RANDOM), path)
    path.chmod(mode)
    with pytest.raises(InputError, match=f"expected mode 0600, got {mode:04o}: run `chmod 600` on it"):
        load_keyring(path)


def test_a_keyring_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        load_keyring(tmp_path / "none.json")


def test_no_key_is_shown_by_repr() -> None:
    shown = repr(new_keyring(RANDOM))
    assert SECRET not in shown
    assert repr(RANDOM[:4])[2:-1] not in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        SECRET,
        json.dumps([SECRET]),
        json.dumps({"active_intake_key": "k", "intake_keys": SECRET, "pseudonym_key": SECRET}),
        json.dumps({"active_intake_key": "other", "intake_keys": {"k": SECRET}, "pseudonym_key": SECRET}),
        json.dumps({"active_intake_key": ["k"], "intake_keys": {"k": SECRET}, "pseudonym_key": SECRET}),
        json.dumps({"active_intake_key": "k", "intake_keys": {"k": SECRET[:20]}, "pseudonym_key": SECRET}),
        json.dumps({"active_intake_key": "k", "intake_keys": {"k": SECRET + "!"}, "pseudonym_key": SECRET}),
        json.dumps({"active_intake_key": "k", "intake_keys": {"k": SECRET}, "pseudonym_key": 5}),
        json.dumps({"active_intake_key": "k", "intake_keys": {"k": SECRET}, "pseudonym_key": "é" * 44}),
        json.dumps(
            {"active_intake_key": "k", "intake_keys": {"k": SECRET}, "pseudonym_key": SECRET, SECRET: 1}
        ),
    ],
)
def test_what_is_no_keyring_is_refused_without_showing_any_of_it(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_keyring(text, "keyring.json")
    message = str(caught.value)
    assert message.startswith("keyring.json: ")
    assert SECRET[:12] not in message
    assert caught.value.__cause__ is None
