"""The source of one function, put together line by line, and compiled once it is whole.

A reader or a writer takes a few steps for each field of its record. As a loop over the fields it would spend
most of its time on finding out which step is next; as source of its own it has them one after the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_INDENT = "    "


class Source:
    """The body of a function that grows by lines, and the objects that these name."""

    def __init__(self, **named: object) -> None:
        self._lines: list[str] = []
        self._scope: dict[str, object] = named
        self._depth = 1
        self._names = 0

    def add(self, *lines: str) -> None:
        """Add lines to the block that is open."""
        self._lines += (_INDENT * self._depth + line for line in lines)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Open a block; what is added until it is left stands under its head."""
        self.add(head)
        self._depth += 1
        yield
        self._depth -= 1

    def name(self, stem: str) -> str:
        """Return a name that nothing else in the function has."""
        self._names += 1
        return f"{stem}_{self._names}"

    def bind(self, **named: object) -> None:
        """Let the function find more objects under their names."""
        self._scope |= named

    def bound(self, stem: str, value: object) -> str:
        """Return the name under which the function finds an object."""
        name = self.name(stem)
        self._scope[name] = value
        return name

    def compiled(self, head: str, title: str) -> Any:
        """Return the function with that head; tracebacks show the title as its file."""
        text = "\n".join((f"def made{head}:", *self._lines))
        # Names of fields are all that is not written out in our own code, and they stand in our own schemas.
        exec(compile(text, f"<{title}>", "exec"), self._scope)  # noqa: S102  # nothing from outside is in it
        return self._scope["made"]
