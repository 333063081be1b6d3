# noqa: INP001  # a script, not a part of a package
"""Make what is missing of all keys and lists. Every start of the compose deployment runs it.

The keyring and the vault of the gate, two custodians and an owner of the books. The private keys of these
three go into folders of their own, so that no worker ever sees them. On one machine that shows how it is
done; in earnest each person makes their own key, where nobody else can read it.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from streams.clock import SystemClock
from streams.codecs.keyring import KEY_BYTES, load_keyring, new_keyring, write_keyring
from streams.codecs.owned_file import write_owned
from streams.codecs.signing_key import SigningKey, load_signing_key, new_signing_key, write_signing_key
from streams.codecs.vault import add_keys
from streams.codecs.whole_file import write_whole
from streams.errors import GateError
from streams.ledger.sealed import months_from

# A deployment that is not started anew for so long runs out of keys, and says so.
MONTHS = 60
SEED_BYTES = 32
# Of those who may review and of tokens: empty at first, so that nobody can and nobody comes in.
LISTS = ("ALPR_GATE_REVIEWERS", "ALPR_GATE_API_TOKENS")


def main() -> int:
    """Make or check all keys, begin empty lists; return the exit code."""
    path = Path(os.environ["ALPR_GATE_KEYRING"])
    vault = Path(os.environ["ALPR_GATE_VAULT"])
    try:
        if path.exists():
            load_keyring(path)
        else:
            write_keyring(new_keyring(os.urandom(2 * KEY_BYTES)), path)
        add_keys(vault, months_from(SystemClock().now(), MONTHS), os.urandom)
        custodians = [_signing_key(os.environ["CUSTODIAN_KEYS"], name) for name in ("first", "second")]
        _tell(custodians, "ALPR_GATE_CUSTODIANS")
        _tell([_signing_key(os.environ["OWNER_KEYS"], "owner")], "ALPR_GATE_BOOKS_OWNER")
        for begun in (Path(os.environ[name]) for name in LISTS):
            if not begun.exists():
                write_owned(begun, b"", "list")
    except GateError as error:
        sys.stderr.write(f"new_keys: {error}\n")
        return error.exit_code
    return 0


def _signing_key(folder: str, name: str) -> SigningKey:
    path = Path(folder) / f"{name}.key"
    if path.exists():
        return load_signing_key(path)
    made = new_signing_key(name, os.urandom(SEED_BYTES))
    write_signing_key(made, path)
    return made


def _tell(keys: Sequence[SigningKey], variable: str) -> None:
    """Write the public halves for the workers; who has other custodians has another file already."""
    path = Path(os.environ[variable])
    if not path.exists():
        write_whole(path, "".join(f"{key.verifier}\n" for key in keys).encode())


if __name__ == "__main__":
    sys.exit(main())
