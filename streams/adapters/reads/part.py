"""A part of a payload by its field names, whether it came as JSON, XML or lines of key=value.

Vendors write numbers as texts and texts as numbers, leave fields out, or send empty ones. What is absent,
null or blank is None here, and what is there in the wrong shape is an error with its path.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from streams.adapters.reads.unread import invalid, missing
from streams.policy.names import is_blank

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_LONGEST_TEXT = 1024
# In the first and the last year that there is, a time can have no other offset.
_YEARS = range(2, 9999)
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One record inside a payload; `path` says where it stands, and is empty for all of it."""

    values: Mapping[str, object]
    path: str = field(default="")

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def part(self, name: str) -> "Part":
        """Return the record in a field; one without fields where there is none.

        Of several, the first: vendors list what they recognised with the likeliest in front.
        """
        value = self.values.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if value is None or value == "":
            return Part({}, self._at(name))
        if not isinstance(value, Mapping):
            raise invalid(self._at(name), "a record")
        return Part(value, self._at(name))

    def parts(self, name: str) -> Iterator["Part"]:
        """Yield the records in a field, none where there is none."""
        value = self.values.get(name)
        if value is None or value == "":
            return
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            path = f"{self._at(name)}[{place}]"
            if not isinstance(item, Mapping):
                raise invalid(path, "a record")
            yield Part(item, path)

    def text(self, *names: str) -> str | None:
        """Return the first of the fields that holds more than blanks, without blanks at its ends."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                value = str(value)
            if value is None:
                continue
            if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
                raise invalid(self._at(name), f"a text of at most {_LONGEST_TEXT} characters")
            if not is_blank(value):
                return value.strip()
        return None

    def needed(self, *names: str) -> str:
        """Return the first of the fields that holds more than blanks; one must."""
        found = self.text(*names)
        if found is None:
            raise missing(self._at(names[0]))
        return found

    def number(self, name: str) -> float | None:
        """Return a finite number, also where it is written as a text."""
        text = self.text(name)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text) or not math.isfinite(found := float(text)):
            raise invalid(self._at(name), "a number")
        return found

    def flag(self, name: str) -> bool:
        """Return whether the field says true, in any of the ways in which vendors write it."""
        value = self.values.get(name)
        return value is True or (isinstance(value, str) and value.strip().lower() in {"true", "1"})

    def fraction(self, name: str, *, whole: float = PERCENT) -> float | None:
        """Return a confidence as 0 to 1, of a scale that ends at `whole`; None for what is off the scale.

        A confidence off its scale is a camera's fault about a number that no rule reads, so the read stays.
        """
        found = self.number(name)
        return found / whole if found is not None and 0 <= found <= whole else None

    def confidence(self, name: str) -> float | None:
        """Return a confidence of a feed that gives percentages or fractions, as 0 to 1; see `fraction`."""
        # 0.97 is a fraction and 97 a percentage; 1 alone could be either, and nobody reads a plate at 1 %.
        found = self.number(name)
        return self.fraction(name, whole=1 if found is not None and found <= 1 else PERCENT)

    def epoch(self, name: str, *, per_second: int) -> datetime | None:
        """Return the instant so many parts of a second after 1970 began in UTC; 0 says that none is known."""
        found = self.number(name)
        if not found:
            return None
        try:
            return sensible(_EPOCH + timedelta(seconds=found / per_second))
        except (OverflowError, ValueError):
            raise invalid(self._at(name), "an instant") from None

    def stamp(self, name: str) -> datetime | None:
        """Return a time as in ISO 8601, with the offset that it was given, or none."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return sensible(datetime.fromisoformat(text.upper()))
        except ValueError:
            raise invalid(self._at(name), "a time as in ISO 8601") from None


def sensible(instant: datetime) -> datetime:
    """Return a time that can be turned into that of any zone; raise ValueError for another."""
    if instant.year not in _YEARS:
        raise ValueError
    return instant
