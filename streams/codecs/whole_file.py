"""Text files, read whole and written whole."""

import os
from pathlib import Path

from streams.errors import InputError


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        InputError: it cannot be read as UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read `{path}`: {error}") from error


def write_whole(path: Path, content: bytes) -> None:
    """Put the content in a file, all of it or nothing; it is on the disk when this returns.

    The folder is made where there is none.

    Raises:
        InputError: the folder or the file cannot be written.
    """
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise InputError(f"cannot write `{path}`: {error.strerror}") from error
