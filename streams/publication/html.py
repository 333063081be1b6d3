"""HTML made of elements; every text is escaped unless it is HTML already.

A template engine would be another dependency for one page. The type keeps the two apart: only `element` makes
`Html`, so no text can get in unescaped.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

DATE = re.compile(r"(\d{4}-\d{2}-\d{2})")
# As many columns need no width.
NARROW = 2
# They have no content, and no end tag.
VOID = frozenset({"meta", "br"})


class Html(str):
    """Text that is HTML: made here, never read from outside."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Html:
    """Return an element; `class_` and `for_` stand for words that Python keeps for itself, `_` for `-`."""
    named = (
        f' {key.rstrip("_").replace("_", "-")}="{escape(value, quote=True)}"'
        for key, value in attributes.items()
    )
    start = f"<{name}{''.join(named)}>"
    if name in VOID:
        return Html(start)
    return Html(f"{start}{''.join(map(_html, children))}</{name}>")


def joined(parts: Iterable[str]) -> Html:
    """Return parts one after another, each on its own line."""
    return Html("\n".join(map(_html, parts)))


def dates(text: str) -> Html:
    """Return text with its ISO dates as such, which no line breaks."""
    parts = (
        element("time", part) if DATE.fullmatch(part) else escape(part, quote=False)
        for part in DATE.split(text)
    )
    return Html("".join(parts))


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> Html:
    """Return a table whose first column heads its rows.

    A wide one scrolls by itself, by the keyboard too.
    """
    columns = element("tr", *(element("th", title, scope="col") for title in head))
    body = (
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
        for first, *rest in rows
    )
    whole = element(
        "table",
        element("caption", caption, id=name),
        element("thead", columns),
        element("tbody", joined(body)),
    )
    return element(
        "div",
        whole,
        class_="wide" if len(head) > NARROW else "wide narrow",
        role="region",
        aria_labelledby=name,
        tabindex="0",
    )


def paragraphs(text: str) -> Html:
    """Return a text of the agency: blank lines part paragraphs, lines that begin with a dash are a list."""
    return joined(_block(block.splitlines()) for block in text.strip().split("\n\n") if block.strip())


def _block(lines: Sequence[str]) -> Html:
    if all(line.lstrip().startswith("- ") for line in lines):
        return element("ul", *(element("li", line.lstrip()[2:]) for line in lines))
    return element("p", " ".join(line.strip() for line in lines))


def _html(part: str) -> str:
    return part if isinstance(part, Html) else escape(part, quote=False)
