"""The vault: a folder with one key for each month, `2026-11.key`, by which personal contents are sealed.

The files are for their owner's eyes alone (mode 0600), written once, and never over another: with a month's
key its records open, and without it nobody reads them again. That is how they are shredded, so every copy of
the folder counts.
"""

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from itertools import takewhile
from pathlib import Path

from streams.codecs.owned_file import read_owned, sync_folder, write_owned
from streams.errors import InputError
from streams.ledger.sealed import (
    KEY_SIZE,
    Entropy,
    MonthKey,
    Sealed,
    Sealer,
    month_in,
    month_of,
    months_from,
    open_sealed,
)
from streams.ledger.signed_note import from_base64

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_WHAT = "month key"

# Enough to know whether somebody has to make keys soon.
MONTHS_ASKED = 3

# Returns the key of a month; None when it was never made, or destroyed.
ReadKey = Callable[[str], bytes | None]


class Vault:
    """The keys of the months, each read when it is first needed.

    Lazily, so that a worker holds in memory only the keys of the month and of what is held open: a key that
    is destroyed years later should not live on in a process.
    """

    def __init__(self, read: ReadKey) -> None:
        self._read = read
        self._keys: dict[str, MonthKey] = {}

    def key_of(self, month: str) -> MonthKey:
        """Return the key of a month.

        Raises:
            InputError: there is none; for a month that is past, it was destroyed.
        """
        if month not in self._keys:
            key = self._read(month)
            if key is None:
                raise InputError(
                    f"the vault has no key for {month}: `alpr-gate ledger vault` makes keys for months to "
                    "come, one that was destroyed does not come back"
                )
            self._keys[month] = MonthKey(month, key)
        return self._keys[month]

    def has(self, month: str) -> bool:
        """Tell whether there is a key of that month."""
        return month in self._keys or self._read(month) is not None

    def months_ready(self, now: datetime) -> int:
        """Return how many months in a row have a good key, from this one on; 3 stands for more."""
        return sum(1 for _ in takewhile(self._is_ready, months_from(now, MONTHS_ASKED)))

    def _is_ready(self, month: str) -> bool:
        try:
            return self.has(month)
        except InputError:
            # Open to others, or damaged: no use in its month, so it counts as missing and is told in time.
            return False

    def sealer(self, now: datetime, entropy: Entropy) -> Sealer:
        """Return what seals at that instant.

        Raises:
            InputError: the month has no key.
        """
        return Sealer(self.key_of(month_of(now)), entropy)

    def opened(self, sealed: Sealed, about: str) -> bytes:
        """Return sealed contents.

        Raises:
            InputError: the month has no key any more, or another one than they were sealed with.
            LedgerError: they were changed, or are about something else.
        """
        return open_sealed(sealed, about, self.check(sealed.key_id))

    def check(self, key_id: str) -> MonthKey:
        """Return the key with that id.

        Raises:
            InputError: its month has no key, or another one: this is not the vault that it was sealed with.
        """
        key = self.key_of(month_in(key_id))
        if key.key_id != key_id:
            raise InputError(
                f"vault: records were sealed with the key `{key_id}`, and the vault has `{key.key_id}`: all "
                "workers of a deployment need the same vault"
            )
        return key


def open_vault(folder: Path) -> Vault:
    """Return the vault in a folder; its keys are read when they are needed."""
    return Vault(partial(_read_key, folder))


def key_file(folder: Path, month: str) -> Path:
    """Return where the key of a month is kept.

    Raises:
        InputError: that is no month.
    """
    # Ids of keys come from records: nothing in one may choose another file.
    if not _MONTH.fullmatch(month):
        raise InputError(f"vault: expected a month such as 2026-11, got `{month[:40]}`")
    return folder / f"{month}.key"


def _read_key(folder: Path, month: str) -> bytes | None:
    path = key_file(folder, month)
    try:
        if not path.exists():
            return None
    except OSError as error:
        raise InputError(f"{_WHAT} `{path}`: {error.strerror}") from error
    content = read_owned(path, _WHAT)
    # Overwritten, and not removed yet: somebody is destroying it, or broke off in between.
    if content and not content.strip(b"\x00"):
        return None
    key = from_base64(content.decode(errors="replace").strip())
    if key is None or len(key) != KEY_SIZE:
        raise InputError(f"{_WHAT} `{path}`: expected {KEY_SIZE} bytes in base64")
    return key


def add_keys(folder: Path, months: Iterable[str], entropy: Entropy) -> tuple[str, ...]:
    """Make a key for each of the months that has none, and return those months.

    Raises:
        InputError: a file cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"vault `{folder}`: {error.strerror}") from error
    # Read, not only looked for: a damaged key should show now and not in its month.
    missing = tuple(month for month in months if _read_key(folder, month) is None)
    for month in missing:
        write_owned(key_file(folder, month), b64encode(entropy(KEY_SIZE)) + b"\n", _WHAT)
    return missing


def destroy_key(folder: Path, month: str) -> None:
    """Overwrite the key of a month with zeros, and remove its file; nothing to do when it is gone already.

    What a disk keeps of an overwritten file is beyond a program: keep the vault on an encrypted volume.

    Raises:
        InputError: the file can be neither written nor removed.
    """
    path = key_file(folder, month)
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            # Before it is removed: what is not on the disk by then never gets there.
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"{_WHAT} `{path}`: {error.strerror}") from error
