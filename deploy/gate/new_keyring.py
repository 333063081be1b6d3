# noqa: INP001  # a script, not a part of a package
"""Make a keyring at ALPR_GATE_KEYRING, unless there is one. Every start of the compose deployment runs it."""

import os
import sys
from pathlib import Path

from streams.codecs.keyring import KEY_BYTES, load_keyring, new_keyring, write_keyring
from streams.errors import GateError


def main() -> int:
    """Make or check the keyring; return the exit code."""
    path = Path(os.environ["ALPR_GATE_KEYRING"])
    try:
        if path.exists():
            load_keyring(path)
        else:
            write_keyring(new_keyring(os.urandom(2 * KEY_BYTES)), path)
    except GateError as error:
        sys.stderr.write(f"new_keyring: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
