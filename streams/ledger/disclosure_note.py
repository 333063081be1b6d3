"""A disclosure as a signed note (C2SP signed-note): what counsel signs, and what the gate checks.

Its text has a line for each thing that it says, with a name before it, in one order: the document, the case,
who gets which records, and when it was signed. A read has a line of its own. What is read is exactly what was
signed: a text that would be written in another way is none.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from streams.errors import InputError
from streams.ledger.signed_note import Verifier, from_instant, read_note
from streams.ledger.signers import signer_of
from streams.policy.disclosure import Authority, Disclosure
from streams.policy.request import Selector
from streams.policy.vocabulary import AuthorityKind, DataType, Issuer, Purpose, RequestId

TITLE = "alpr-gate disclosure v1"
LONGEST_LINE = 1000
_READ = "read"
_NAMES = (
    "id", "authority", "issuer", "body", "jurisdiction", "reference", "dated", "document", "case",
    "recipient", "purpose", "data", "plate", "from", "until", "at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureNote:
    """A disclosure on its way: `disclosure_id` says where it belongs, `note` is what was signed."""

    disclosure_id: str
    note: str


def disclosure_text(origin: str, disclosure: Disclosure) -> str:
    """Return the text that counsel signs.

    Raises:
        InputError: something in it has more than one line, or is too long.
    """
    lines = [TITLE, origin, *(f"{name}: {text}" for name, text in _said(disclosure))]
    if not all(line.isprintable() and len(line) <= LONGEST_LINE for line in lines):
        raise InputError(f"expected each value in one line, of at most {LONGEST_LINE} characters")
    return "".join(f"{line}\n" for line in lines)


def _said(disclosure: Disclosure) -> Iterator[tuple[str, str]]:
    authority, selector = disclosure.authority, disclosure.selector
    values = (
        disclosure.disclosure_id,
        authority.kind,
        authority.issuer,
        authority.body,
        authority.jurisdiction,
        authority.reference,
        "" if authority.dated is None else authority.dated.isoformat(),
        authority.document_digest,
        disclosure.case_number,
        disclosure.recipient,
        disclosure.purpose_code,
        ",".join(disclosure.data_types),
        selector.plate or "",
        _instant(selector.window_from),
        _instant(selector.window_to),
        _instant(disclosure.at),
    )
    yield from zip(_NAMES, values, strict=True)
    for read_id in selector.read_ids:
        yield _READ, read_id


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(UTC).isoformat(timespec="microseconds")


def disclosure_digest(note: DisclosureNote) -> str:
    """Return the hex SHA-256 of the signed note; by it a ledger record says which disclosure came in."""
    return hashlib.sha256(note.note.encode(errors="surrogatepass")).hexdigest()


def id_in(data: str) -> str:
    """Return the id that a note names, whoever signed it; it says where the note belongs.

    Raises:
        InputError: it is no disclosure.
    """
    lines = read_note(data).text.split("\n")
    name, _, disclosure_id = lines[2].partition(": ") if len(lines) > len(_NAMES) else ("", "", "")
    if lines[0] != TITLE or name != _NAMES[0] or not disclosure_id:
        raise InputError(f"expected a signed disclosure that begins with `{TITLE}`")
    return disclosure_id


def read_disclosure(sent: DisclosureNote, origin: str, counsel: Sequence[Verifier]) -> Disclosure:
    """Return the disclosure that the note is, of the one of counsel who has signed it.

    Raises:
        InputError: none has, or more than one; it is of another ledger or another id, or no disclosure. The
            message holds nothing of the note, for anybody may have written it.
    """
    note = read_note(sent.note)
    signer = signer_of(note, counsel, "of counsel")
    lines = note.text.removesuffix("\n").split("\n")
    values = tuple(line.partition(": ")[2] for line in lines[2:])
    if lines[0] != TITLE or len(values) < len(_NAMES):
        raise InputError(f"it does not begin with `{TITLE}`, or has other lines than a disclosure")
    if lines[1] != origin:
        raise InputError("it is about another ledger")
    disclosure = _disclosure(values, signer)
    # One spelling of everything; the names of the lines too are compared by it.
    if disclosure is None or disclosure_text(origin, disclosure) != note.text:
        raise InputError("it has a word, a time or an order of lines that no disclosure has")
    if disclosure.disclosure_id != sent.disclosure_id:
        raise InputError("it was sent under another id than it names")
    return disclosure


def _disclosure(values: tuple[str, ...], signer: str) -> Disclosure | None:
    """Return what the values of the lines say, or None when it was never signed at a time."""
    said = dict(zip(_NAMES, values, strict=False))
    at = from_instant(said["at"])
    if at is None:
        return None
    data_types = tuple(map(DataType.read, said["data"].split(","))) if said["data"] else ()
    return Disclosure(
        disclosure_id=RequestId(said["id"]),
        authority=_authority(said),
        case_number=said["case"],
        recipient=said["recipient"],
        purpose_code=Purpose.read(said["purpose"]),
        data_types=data_types,
        selector=Selector(
            plate=said["plate"] or None,
            read_ids=values[len(_NAMES) :],
            window_from=from_instant(said["from"]),
            window_to=from_instant(said["until"]),
        ),
        signer=signer,
        at=at,
    )


def _authority(said: dict[str, str]) -> Authority:
    return Authority(
        kind=AuthorityKind.read(said["authority"]),
        issuer=Issuer.read(said["issuer"]),
        body=said["body"],
        jurisdiction=said["jurisdiction"],
        reference=said["reference"],
        dated=_day(said["dated"]),
        document_digest=said["document"],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
