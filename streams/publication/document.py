"""A whole HTML document that stands for itself: its style inside, nothing from elsewhere."""

from streams.publication.html import Html, element
from streams.publication.style import CSS


def document(title: str, body: Html) -> bytes:
    """Return a whole document in UTF-8 that loads nothing and runs nothing."""
    safe = "default-src 'none'; style-src 'unsafe-inline'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=safe),
        element("title", title),
        element("style", Html(CSS)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n".encode()
