"""The keyring: keys by which intakes seal requests, and the key of the security team's pseudonyms.

A file of JSON with base64, for its owner's eyes alone (mode 0600). No message and no `repr` shows a key; old
intake keys stay in the ring until the last request that they sealed is decided.
"""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from streams.codecs.owned_file import read_owned, write_owned
from streams.errors import InputError

# As long as the hash of HMAC-SHA-256: a shorter key would weaken it (RFC 2104, section 3).
KEY_BYTES = 32
KEYS = frozenset({"active_intake_key", "intake_keys", "pseudonym_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """Intake keys by id, which of them seals from now on, and the pseudonym key.

    Keys have 32 bytes at least, as HMAC-SHA-256 wants them (RFC 2104). The pseudonym key is another one, so
    that who may read pseudonyms cannot seal requests.
    """

    intake_keys: Mapping[str, bytes] = field(repr=False)
    active_intake_key: str
    pseudonym_key: bytes = field(repr=False)


def new_keyring(random: bytes) -> Keyring:
    """Return a keyring of one intake key and one pseudonym key, made of 64 random bytes.

    The randomness is given, so that this stays a function of its arguments; the id is made of a digest of the
    key.

    Raises:
        InputError: another number of bytes was given.
    """
    if len(random) != 2 * KEY_BYTES:
        raise InputError(f"new keyring: expected {2 * KEY_BYTES} random bytes, got {len(random)}")
    intake_key, pseudonym_key = random[:KEY_BYTES], random[KEY_BYTES:]
    key_id = f"intake-{hashlib.sha256(intake_key).hexdigest()[:8]}"
    return Keyring(intake_keys={key_id: intake_key}, active_intake_key=key_id, pseudonym_key=pseudonym_key)


def read_keyring(text: str | bytes, name: str) -> Keyring:
    """Return the keyring in `text`; `name` is the file's name in messages, which never show what it holds.

    Raises:
        InputError: it is no keyring, has other keys than the three, or a key that is too short.
    """
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InputError(f"{name}: expected a keyring in JSON") from None  # the cause holds the whole text
    if not isinstance(data, dict) or set(data) != KEYS or not isinstance(data["intake_keys"], dict):
        raise InputError(f"{name}: expected exactly the keys {', '.join(sorted(KEYS))}")
    active = data["active_intake_key"]
    keys = {key_id: _key(value, name, "intake_keys") for key_id, value in data["intake_keys"].items()}
    if not isinstance(active, str) or active not in keys:
        raise InputError(f"{name}: active_intake_key: expected the id of one of `intake_keys`")
    pseudonym_key = _key(data["pseudonym_key"], name, "pseudonym_key")
    return Keyring(intake_keys=keys, active_intake_key=active, pseudonym_key=pseudonym_key)


def _key(value: object, name: str, where: str) -> bytes:
    problem = f"{name}: {where}: expected at least {KEY_BYTES} bytes in base64"
    if not isinstance(value, str):
        raise InputError(problem)
    try:
        # Strictly: a lenient reader skips signs, and a damaged key would be another key.
        key = b64decode(value, validate=True)
    except (Base64Error, ValueError):
        raise InputError(problem) from None
    if len(key) < KEY_BYTES:
        raise InputError(problem)
    return key


def load_keyring(path: Path) -> Keyring:
    """Return the keyring in a file that nobody but its owner can read.

    Raises:
        InputError: if it is not there, open to others, or no keyring.
    """
    return read_keyring(read_owned(path, "keyring"), str(path))


def write_keyring(keyring: Keyring, path: Path) -> None:
    """Write the keyring to a new file with mode 0600; a file that is there already stays as it is.

    Never over an old ring: its keys may have sealed requests that are still to be decided.

    Raises:
        InputError: the file is there already, or cannot be made.
    """
    document = {
        "active_intake_key": keyring.active_intake_key,
        "intake_keys": {key_id: b64encode(key).decode() for key_id, key in keyring.intake_keys.items()},
        "pseudonym_key": b64encode(keyring.pseudonym_key).decode(),
    }
    write_owned(path, orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n", "keyring")
