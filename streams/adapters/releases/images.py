"""The images that releases refer to: a folder with a file for each reference; nothing else is reachable."""

import asyncio
import os
import re
from pathlib import Path

from streams.errors import InputError

# A reference becomes the name of a file: nothing in it may lead elsewhere.
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
MOST_BYTES = 16 << 20


class Images:
    """The folder of images. A reference is no key: who comes here was let in for this very image."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, reference: str) -> bytes | None:
        """Return the image, or None when there is none of that reference.

        Raises:
            InputError: the file cannot be read, or is larger than 16 MiB.
        """
        if not _REFERENCE.fullmatch(reference):
            return None
        return await asyncio.to_thread(self._read, reference)

    def _read(self, reference: str) -> bytes | None:
        try:
            # A link would lead out of the folder.
            handle = os.open(self._folder / reference, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"an image cannot be opened: {error.strerror}") from error
        with os.fdopen(handle, "rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise InputError(f"an image is larger than {MOST_BYTES} bytes")
        return content
