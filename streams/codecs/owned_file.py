"""Files with keys: for their owner's eyes alone (mode 0600), written once and never over another."""

import os
import stat
from pathlib import Path

from streams.errors import InputError

MODE = 0o600


def read_owned(path: Path, what: str) -> bytes:
    """Return the content of a file that nobody but its owner can read; `what` names its kind in messages.

    Raises:
        InputError: it is not there, or open to others.
    """
    try:
        # Mode and content of one open file: it cannot be exchanged in between.
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read()
    except OSError as error:
        raise InputError(f"{what} `{path}`: {error.strerror}") from error
    if mode & ~MODE:
        raise InputError(f"{what} `{path}`: expected mode 0600, got {mode:04o}: run `chmod 600` on it")
    return content


def write_owned(path: Path, content: bytes, what: str) -> None:
    """Write a new file with mode 0600; one that is there already stays as it is.

    Raises:
        InputError: the file is there already, or cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    except OSError as error:
        raise InputError(f"{what} `{path}`: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), MODE)  # whatever the umask says
        file.write(content)
