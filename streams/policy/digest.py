"""Identity of content: the canonical JSON of a request, its digest, and the ids derived from it.

Canonical JSON has sorted keys, no blanks, enums by value and instants in UTC, so that the same content has
the same digest whoever wrote it. How a request came (channel, seal, which revision it waits for) is no
content; when it was asked (`requested_at`) is, and so is who is proven to ask (`authenticated_as`): else a
forged copy that comes first would take the honest request's id, and its refusal would answer both.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import orjson

from streams.policy.making import maker_of
from streams.policy.request import PlateRead, SharingRequest
from streams.policy.vocabulary import DecisionId, RequestId

# The namespace of every id that the gate derives; changing it changes every decision id.
NAMESPACE = uuid5(NAMESPACE_URL, "urn:alpr-gate")
_IN_NAMESPACE = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
_VARIANT = {f"{digit:x}": f"{digit & 3 | 8:x}" for digit in range(16)}


def content_of(request: SharingRequest) -> dict[str, object]:
    """Return the content of a request as plain data, keys in order.

    INVARIANT: keys stand sorted here, at each level, because `canonical` does not sort them. A field that is
    added changes every digest, and with it what counts as a repeat; so `exigent` stands here only when it is
    asked for, and what was sealed before there was such a word is still whole.
    """
    requester, selector = request.requested_by, request.selector
    # In order by hand, for sorting takes longer than writing: this runs for every request.
    content: dict[str, object] = {
        "authenticated_as": request.authenticated_as,
        "case_number": request.case_number,
        "consideration": request.consideration,
        "data_types": request.data_types,
        "initiated_by": request.initiated_by,
        "kind": request.kind,
        "networks": request.networks,
        "offence_code": request.offence_code,
        "purpose_code": request.purpose_code,
        "reason_text": request.reason_text,
        "recipient_contact": request.recipient_contact,
        "recipient_id": request.recipient_id,
        "recipient_name": request.recipient_name,
        "records": [_read(record) for record in request.records] if request.records else (),
        "request_id": request.request_id,
        "requested_at": _utc(request.requested_at),
        "requested_by": {
            "on_behalf_of": requester.on_behalf_of,
            "organisation": requester.organisation,
            "user": requester.user,
        },
        "scopes": request.scopes,
        "selector": {
            "plate": selector.plate,
            "read_ids": selector.read_ids,
            "window_from": _utc(selector.window_from),
            "window_to": _utc(selector.window_to),
        },
    }
    return dict(sorted({**content, "exigent": True}.items())) if request.exigent else content


def canonical(content: dict[str, object]) -> bytes:
    """Return the one JSON text of plain data. A text that is no Unicode is written with its escapes."""
    try:
        return orjson.dumps(content)
    except TypeError:  # orjson refuses lone surrogates, which no codec lets in; the digest stays total
        return ascii(content).encode()


def canonical_of(request: SharingRequest) -> bytes:
    """Return the canonical JSON of a request's content."""
    return canonical(content_of(request))


def content_digest(request: SharingRequest) -> str:
    """Return the hex SHA-256 of the request's content."""
    return hashlib.sha256(canonical_of(request)).hexdigest()


def decision_id_of(organisation: str, request_id: RequestId, digest: str) -> DecisionId:
    """Return the id of the decision on that content, asked by that organisation under that request id.

    With the organisation in it, two partners may use the same request id. It is derived and not drawn, so
    that work done twice after a crash makes one decision, and not two.
    """
    return DecisionId(derived_id(f"{organisation}\n{request_id}\n{digest}"))


@dataclass(frozen=True, slots=True)
class Identity:
    """What a request is known by: the digest of its content, and the id of the decision on it."""

    request_digest: str
    decision_id: DecisionId


_make_identity = maker_of(Identity)


def identify(request: SharingRequest, content: bytes | None = None) -> Identity:
    """Return the identity of the request; `content` is its canonical JSON, from who has it already."""
    digest = hashlib.sha256(canonical_of(request) if content is None else content).hexdigest()
    decision_id = decision_id_of(request.requested_by.organisation, request.request_id, digest)
    return _make_identity(digest, decision_id)


def malformed_id(topic: str, partition: int, offset: int) -> DecisionId:
    """Return the id of the ledger record for unreadable bytes at that place."""
    return DecisionId(derived_id(f"{topic}\n{partition}\n{offset}"))


def derived_id(name: str) -> str:
    """Return the version 5 UUID of `name` in the gate's namespace, as text."""
    sha1 = _IN_NAMESPACE.copy()
    sha1.update(name.encode(errors="surrogatepass"))
    text = sha1.hexdigest()
    # What `uuid.uuid5` does, a third of the time: version 5, and the variant in two bits of one digit.
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


def _utc(instant: datetime | None) -> datetime | None:
    if instant is None or instant.tzinfo is UTC or instant.tzinfo is None:
        return instant
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # in the first or the last year that Python knows
        return instant


def _read(record: PlateRead) -> dict[str, object]:
    return {
        "camera_id": record.camera_id,
        "camera_name": record.camera_name,
        "captured_at": _utc(record.captured_at),
        "confidence": record.confidence,
        "data_type": record.data_type,
        "heading_degrees": record.heading_degrees,
        "image_reference": record.image_reference,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "network": record.network,
        "plate": record.plate,
        "plate_region": record.plate_region,
        "read_id": record.read_id,
        "vehicle_color": record.vehicle_color,
        "vehicle_make": record.vehicle_make,
        "vehicle_model": record.vehicle_model,
    }
