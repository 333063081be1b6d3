# noqa: INP001  # a script, not a part of a package
"""Make what is missing of the keyring and the vault. Every start of the compose deployment runs it."""

import os
import sys
from pathlib import Path

from streams.clock import SystemClock
from streams.codecs.keyring import KEY_BYTES, load_keyring, new_keyring, write_keyring
from streams.codecs.vault import add_keys
from streams.errors import GateError
from streams.ledger.sealed import months_from

# A deployment that is not started anew for so long runs out of keys, and says so.
MONTHS = 60


def main() -> int:
    """Make or check the keyring, add keys of months to come to the vault; return the exit code."""
    path = Path(os.environ["ALPR_GATE_KEYRING"])
    vault = Path(os.environ["ALPR_GATE_VAULT"])
    try:
        if path.exists():
            load_keyring(path)
        else:
            write_keyring(new_keyring(os.urandom(2 * KEY_BYTES)), path)
        add_keys(vault, months_from(SystemClock().now(), MONTHS), os.urandom)
    except GateError as error:
        sys.stderr.write(f"new_keys: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
