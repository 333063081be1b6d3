"""The intake's seal: HMAC-SHA-256 over everything in a request but the seal itself.

It proves who wrote `authenticated_as`. The tag in front keeps these MACs apart from any other use of a key.

Without it whoever can write to the topic could name any agency. HMAC (RFC 2104) and no signature: intake and
gate are of one agency and share the ring of keys. What it leaves out: a sealed request that is sent again
still holds, and is found out as a repeat by its digest for as long as the gate remembers the first.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace

from streams.policy.digest import canonical, content_of
from streams.policy.request import IntakeSeal, SharingRequest

_TAG = b"alpr-gate intake seal v1\n"


def sign_request(request: SharingRequest, key_id: str, key: bytes) -> SharingRequest:
    """Return the request with the seal of that key."""
    return replace(request, intake_seal=IntakeSeal(key_id=key_id, mac=_mac(request, key_id, key)))


def seal_holds(request: SharingRequest, keys: Mapping[str, bytes]) -> bool:
    """Tell whether the request has a seal, of a known key, over just this content.

    Compared in constant time, so that the answer does not tell how much of a forged seal was right.
    """
    seal = request.intake_seal
    if seal is None:
        return False
    key = keys.get(seal.key_id)
    return key is not None and hmac.compare_digest(seal.mac, _mac(request, seal.key_id, key))


def _mac(request: SharingRequest, key_id: str, key: bytes) -> bytes:
    # Beyond the content: no one in between may change how it came, or for which revision it waits.
    sealed = content_of(request)
    sealed["channel"] = request.channel
    sealed["key_id"] = key_id
    sealed["min_revision"] = request.min_revision
    return hmac.digest(key, _TAG + canonical(sealed), "sha256")
