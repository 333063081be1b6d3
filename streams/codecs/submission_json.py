"""What a partner agency sends: a request, or a supplement to one, in JSON.

Read by the schema of a request without what an intake writes. A partner that names a sender, a seal or a
channel gets an error, and not a request that was quietly changed.
"""

import re
from dataclasses import replace

from streams.codecs.catalogue import versions_of
from streams.codecs.json_reading import expected, json_reader_of
from streams.codecs.json_text import parsed
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.shapes import Field, Record
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import RequestId

WRITTEN_BY_INTAKE = frozenset({"authenticated_as", "intake_seal", "channel"})
# The id stands in URLs: signs that need no escape there (RFC 3986, 2.3), and no name of a folder.
REQUEST_ID = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}"
# What a supplement may leave out although a request may not. Blank is missing, so nothing is changed by it.
LEFT_OUT: dict[str, object] = {
    "request_id": "",
    "recipient_name": "",
    "requested_by": {"user": "", "organisation": "", "on_behalf_of": None},
}


def _without_the_intakes(record: Record) -> Record:
    fields = (field for field in record.fields if field.name not in WRITTEN_BY_INTAKE)
    return replace(record, fields=tuple(fields))


def _left_out(field: Field) -> Field:
    if field.name not in LEFT_OUT:
        return field
    return replace(field, required=False, default=LEFT_OUT[field.name])


SUBMISSION = _without_the_intakes(versions_of("sharing_request")[-1].record)
SUPPLEMENT = replace(SUBMISSION, fields=tuple(map(_left_out, SUBMISSION.fields)))
_read_submission = json_reader_of(SUBMISSION)
_read_supplement = json_reader_of(SUPPLEMENT)
_is_request_id = re.compile(REQUEST_ID, re.ASCII).fullmatch


def submission_from_json(data: bytes) -> SharingRequest:
    """Return the request that a partner sends.

    Raises:
        FieldError: one of its fields is not what it must be, or none of a request.
        CodecError: it is no JSON.
    """
    request: SharingRequest = _read_submission(parsed(data, INPUT_LIMIT), "")
    if _is_request_id(request.request_id) is None:
        raise expected(
            "request_id", "1 to 100 letters, digits, `.`, `_`, `~` or `-`, a letter or digit first"
        )
    return request


def supplement_from_json(data: bytes, request_id: RequestId) -> SharingRequest:
    """Return what a partner adds to its request of that id; what it leaves out is blank.

    Raises:
        FieldError: one of its fields is not what it must be, or it names another request.
        CodecError: it is no JSON.
    """
    supplement: SharingRequest = _read_supplement(parsed(data, INPUT_LIMIT), "")
    if supplement.request_id not in {"", request_id}:
        raise expected("request_id", "the id of the request that is supplemented, or nothing")
    return replace(supplement, request_id=request_id)
