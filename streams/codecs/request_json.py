"""Sharing requests as JSON: what portals, files and the command line speak.

A request in JSON is read by the same schema as one in Avro and means the same. What it says of its sender is
only a claim: an intake overwrites `authenticated_as` and the seal before it passes the request on.
"""

from streams.codecs.catalogue import versions_of
from streams.codecs.json_reading import json_reader_of
from streams.codecs.json_text import json_text, parsed
from streams.codecs.record_codec import INPUT_LIMIT
from streams.policy.request import SharingRequest

# The last version is the current one: JSON names no version, so it is always read as that.
_read = json_reader_of(versions_of("sharing_request")[-1].record)


def request_from_json(data: bytes | str) -> SharingRequest:
    """Return the request that JSON text holds.

    Raises:
        CodecError: it names the field and what was expected there, or the key that is no field.
    """
    request: SharingRequest = _read(parsed(data, INPUT_LIMIT), "")
    return request


def request_to_json(request: SharingRequest) -> bytes:
    """Return the request as JSON text on one line.

    Plate and user are in the plain in it, so it is for the sender's own files and pipes.
    """
    return json_text(request)
