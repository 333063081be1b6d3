from dataclasses import replace

import orjson
import pytest

from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request_json import request_from_json, request_to_json
from streams.errors import CodecError
from streams.policy.request import Requester, SharingRequest
from streams.policy.vocabulary import Initiator, Purpose, RequestId, RequestKind
from tests.codecs.samples import READ, REQUEST

LEAST = {
    "request_id": "r-1",
    "kind": "record_request",
    "initiated_by": "recipient",
    "recipient_name": "Burbank Police Department",
    "requested_by": {"user": "det.smith", "organisation": "Burbank Police Department"},
}


def read_with(**changed: object) -> object:
    return request_from_json(orjson.dumps({**LEAST, **changed}))


def test_a_request_reads_back_from_its_own_json() -> None:
    request = replace(REQUEST, records=(READ,), min_revision=7)
    assert request_from_json(request_to_json(request)) == request


def test_what_is_left_out_takes_the_same_defaults_as_the_value() -> None:
    assert request_from_json(orjson.dumps(LEAST).decode()) == SharingRequest(
        request_id=RequestId("r-1"),
        kind=RequestKind.RECORD_REQUEST,
        initiated_by=Initiator.RECIPIENT,
        recipient_name="Burbank Police Department",
        requested_by=Requester(user="det.smith", organisation="Burbank Police Department"),
    )


def test_blank_texts_are_kept_as_they_are() -> None:
    request = request_from_json(
        orjson.dumps({**LEAST, "reason_text": " ", "requested_by": {"user": "", "organisation": ""}})
    )
    assert (request.reason_text, request.requested_by.user) == (" ", "")


def test_words_that_nobody_knows_read_as_unknown() -> None:
    request = request_from_json(
        orjson.dumps({**LEAST, "kind": "favour", "initiated_by": "fate", "purpose_code": "curiosity"})
    )
    assert (request.kind, request.initiated_by) == (RequestKind.UNKNOWN, Initiator.UNKNOWN)
    assert request.purpose_code is Purpose.UNKNOWN


@pytest.mark.parametrize("name", sorted(LEAST))
def test_each_required_field_is_asked_for_by_name(name: str) -> None:
    content = {key: value for key, value in LEAST.items() if key != name}
    with pytest.raises(CodecError, match=f"^`{name}`: expected a value, it is missing$"):
        request_from_json(orjson.dumps(content))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"plate": "8ABC123"}, "^`plate` is no field of this record$"),
        ({"selector": {"window": 1}}, "^`window` is no field of `selector`$"),
        ({"data_types": None}, "^`data_types`: expected a list"),
        ({"requested_at": "yesterday"}, "^`requested_at`: expected a time"),
        ({"records": [{"read_id": "r"}]}, r"^`records\[0\]\.captured_at`: expected a value, it is missing$"),
        ({"min_revision": "7"}, "^`min_revision`: expected a whole number"),
        (
            {"intake_seal": {"key_id": "k", "mac": "xyz"}},
            r"^`intake_seal\.mac`: expected hexadecimal",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_path_and_without_its_value(
    changed: dict[str, object], message: str
) -> None:
    with pytest.raises(CodecError, match=message) as caught:
        read_with(**changed)
    assert "8ABC123" not in str(caught.value)


def test_text_larger_than_a_request_may_be_is_refused() -> None:
    with pytest.raises(CodecError, match="at most 1048576 characters"):
        request_from_json(b" " * (INPUT_LIMIT + 1))
