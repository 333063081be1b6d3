"""How single reads are named: by a plate or an id, and never by a wildcard."""

from streams.policy.names import is_blank, tidy

# Wildcards of searches, also in the forms that become them once normalised. An id may hold `_`, `#` or `.`.
_WILDCARDS_OF_AN_ID = frozenset("*?%\uff0a\ufe61\uff1f\ufe56\uff05\ufe6a")


def plate_key(plate: str | None) -> str | None:
    """Return the spelling by which plates are compared, or None for what is no single plate.

    Without the blanks and hyphens that people put in. What may stand in a plate is listed, not what may not:
    every search has wildcards of its own.
    """
    letters = tidy(plate or "").replace(" ", "").replace("-", "").upper()
    return letters if letters.isalnum() else None


def is_one_read(read_id: str) -> bool:
    """Tell whether it is the id of a single read."""
    return not is_blank(read_id) and _WILDCARDS_OF_AN_ID.isdisjoint(read_id)
