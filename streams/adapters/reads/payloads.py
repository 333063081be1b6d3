"""Payloads taken apart: JSON, XML without entities, forms of several parts."""

from collections.abc import Mapping
from email import message_from_bytes, policy
from xml.parsers import expat

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.unread import UnreadError, UnreadReason
from streams.codecs.json_text import parsed

_DEEPEST = 32


def json_part(data: bytes | str) -> Part:
    """Return the record that JSON text holds."""
    found = parsed(data)
    if not isinstance(found, Mapping):
        raise UnreadError(UnreadReason.UNPARSABLE, "expected a JSON object")
    return Part(found)


def form_fields(delivery: Delivery) -> Mapping[str, bytes]:
    """Return the fields of a multipart form by name, files too; of a body that is no form, none."""
    if not delivery.content_type.lower().startswith("multipart/"):
        return {}
    head = b"Content-Type: " + delivery.content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = message_from_bytes(head + delivery.body, policy=policy.HTTP)
    fields: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            fields[str(name or len(fields))] = content
    if not fields:
        raise UnreadError(UnreadReason.UNPARSABLE, "expected a form of several parts, as its header says")
    return fields


def xml_part(data: bytes) -> Part:
    """Return the root of an XML document by local names: texts, records, and lists of what stands twice.

    A document that declares a type is refused before anything in it is expanded: no camera needs entities.
    """
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = tree.start
    parser.CharacterDataHandler = tree.text
    parser.EndElementHandler = tree.end
    try:
        parser.Parse(data, True)  # noqa: FBT003  # expat takes it by place alone
    except (expat.ExpatError, ValueError, LookupError):
        raise UnreadError(UnreadReason.UNPARSABLE, "expected XML") from None
    root = tree.root
    if not isinstance(root, Mapping):
        raise UnreadError(UnreadReason.UNPARSABLE, "expected XML with elements in it")
    return Part(root)


def _refuse_doctype(*_: object) -> None:
    raise UnreadError(UnreadReason.UNPARSABLE, "expected XML without a document type")


class _Tree:
    """Builds plain values while expat reads."""

    def __init__(self) -> None:
        self.root: object = None
        self._open: list[tuple[str, dict[str, object], list[str]]] = []

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if len(self._open) == _DEEPEST:
            raise UnreadError(UnreadReason.UNPARSABLE, f"expected XML of at most {_DEEPEST} levels")
        # Two makers of one camera write two namespaces: the local name alone counts.
        self._open.append((name.rpartition(":")[2], {}, []))

    def text(self, text: str) -> None:
        self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        value: object = children or "".join(texts)
        if not self._open:
            self.root = value
            return
        siblings = self._open[-1][1]
        earlier = siblings.setdefault(name, value)
        if isinstance(earlier, list):
            earlier.append(value)
        elif earlier is not value:
            siblings[name] = [earlier, value]
