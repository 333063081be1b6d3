"""Files with keys: for their owner's eyes alone (mode 0600), written once and never over another.

A list that grows is the exception, and is replaced as a whole.
"""

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

    When it returns the file is on the disk, whole: what is sealed with a key that a power cut takes is lost.

    Raises:
        InputError: the file is there already, or cannot be made.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write(beside, content)
        try:
            # Unlike a rename it never replaces; and a name never stands for half a key.
            path.hardlink_to(beside)
        finally:
            beside.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"{what} `{path}`: {error.strerror}") from error


def replace_owned(path: Path, content: bytes, what: str) -> None:
    """Write a file with mode 0600, in place of the one that is there; all of it or nothing.

    Raises:
        InputError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write(beside, content)
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"{what} `{path}`: {error.strerror}") from error


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), MODE)  # whatever the umask says
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that what was added to a folder, or removed from it, is so on the disk.

    Raises:
        OSError: the folder cannot be read.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
