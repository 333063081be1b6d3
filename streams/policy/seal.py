"""The intake's seal: HMAC-SHA-256 over everything in a request but the seal itself.

It proves who wrote `authenticated_as`. The tag in front keeps these MACs apart from any other use of a key.

Without it whoever can write to the topic could name any agency. HMAC (RFC 2104) and no signature: intake and
gate are of one agency and share the ring of keys. What it leaves out: a sealed request that is sent again
still holds, and is found out as a repeat by its digest for as long as the gate remembers the first.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import orjson

from streams.policy.digest import canonical, canonical_of, content_of
from streams.policy.request import IntakeSeal, SharingRequest

_TAG = b"alpr-gate intake seal v1\n"
# How any JSON of a content begins; what `canonical` makes of the rest has other quotes.
_JSON = b'{"'


def sign_request(request: SharingRequest, key_id: str, key: bytes) -> SharingRequest:
    """Return the request with the seal of that key."""
    return replace(
        request, intake_seal=IntakeSeal(key_id=key_id, mac=_mac(request, key_id, key, canonical_of(request)))
    )


def seal_holds(request: SharingRequest, keys: Mapping[str, bytes], content: bytes | None = None) -> bool:
    """Tell whether the request has a seal, of a known key, over just this content.

    `content` is the request's canonical JSON, from who has it already.

    Compared in constant time, so that the answer does not tell how much of a forged seal was right.
    """
    seal = request.intake_seal
    if seal is None:
        return False
    key = keys.get(seal.key_id)
    if key is None:
        return False
    content = canonical_of(request) if content is None else content
    return hmac.compare_digest(seal.mac, _mac(request, seal.key_id, key, content))


def _mac(request: SharingRequest, key_id: str, key: bytes, content: bytes) -> bytes:
    # Beyond the content: no one in between may change how it came, or for which revision it waits.
    beyond: dict[str, object] = {
        "channel": request.channel,
        "key_id": key_id,
        "min_revision": request.min_revision,
    }
    mac = _begun(key).copy()
    mac.update(_joined(request, content, beyond))
    return mac.digest()


@lru_cache(maxsize=64)
def _begun(key: bytes) -> hmac.HMAC:
    """Return the MAC of the tag alone, to be copied: to begin anew with a key takes longer than to go on."""
    return hmac.new(key, _TAG, "sha256")


def _joined(request: SharingRequest, content: bytes, beyond: dict[str, object]) -> bytes:
    """Return the canonical JSON of content and beyond, without writing the content a second time."""
    try:
        rest = orjson.dumps(beyond)
    except TypeError:
        rest = b""
    # What has no JSON is written in another way, and then as a whole.
    if not rest or not content.startswith(_JSON):
        return canonical(content_of(request) | beyond)
    return b"".join((content[:-1], b",", rest[1:]))
