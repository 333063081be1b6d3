"""How a plate is written for comparing: letters A to Z and digits, whatever the camera's alphabet."""

import re

from streams.policy.names import fold, tidy

_NOT_IN_A_PLATE = re.compile(r"[^A-Z0-9]+")
# What cameras write where they saw no plate. A real plate may read UNKNOWN; a share must not hang on it.
_NO_PLATE = frozenset({"NOPLATE", "NOPLATES", "UNKNOWN", "UNLICENSED", "NONE", "NULL", "NA", "NOTREAD"})


def written_plate(text: str) -> str | None:
    """Return the plate in letters A to Z and digits, or None for what is no plate.

    Look-alike letters of other alphabets become Latin ones. O and 0, I and 1 stay apart: both are printed on
    plates, and this spelling is what goes on record.
    """
    plate = _NOT_IN_A_PLATE.sub("", fold(tidy(text)).upper())
    if plate in _NO_PLATE or not plate.strip("0"):
        return None
    return plate
