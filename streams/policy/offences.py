"""Offence codes that stand for a prohibited purpose, however they are spaced, dotted and prefixed."""

import re

from streams.policy.case import SCREENED_LENGTH
from streams.policy.names import fold

_NOT_A_LETTER = re.compile(r"[\W_]+")
# NCIC uniform offense codes 0301 to 0399 and NIBRS 30A to 30D, by themselves or after the name of their list;
# and title 8 of the United States Code or of the Code of Federal Regulations, which is of aliens throughout.
_IMMIGRATION = re.compile(
    r"(?:ncic|nibrs|uoc)?(?:03\d\d|30[abcd])|(?:title|t)?8(?:us(?:c|code)|cfr)(?:a|s|sec|section)?\d.*",
    re.ASCII,
)
# NCIC uniform offense codes 1401 to 1499: abortional acts.
_PROTECTED_CARE = re.compile(r"(?:ncic|uoc)?14\d\d", re.ASCII)


def is_of_immigration(offence: str) -> bool:
    """Tell whether the code is one of immigration law."""
    return _is_of(_IMMIGRATION, offence)


def is_of_protected_care(offence: str) -> bool:
    """Tell whether the code is one against legally protected health care."""
    return _is_of(_PROTECTED_CARE, offence)


def _is_of(pattern: re.Pattern[str], offence: str) -> bool:
    return pattern.fullmatch(_NOT_A_LETTER.sub("", fold(offence[:SCREENED_LENGTH]))) is not None
