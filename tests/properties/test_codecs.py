from functools import cache

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.codecs.bindings import RECORDS
from streams.codecs.catalogue import versions_of
from streams.codecs.json_reading import json_reader_of
from streams.codecs.json_text import json_text
from streams.codecs.record_codec import FRAME_SIZE, RecordCodec, frame
from streams.codecs.request import decode_request, encode_request
from streams.codecs.request_json import request_from_json
from streams.errors import CodecError
from streams.policy.request import SharingRequest
from streams.simulators.malformed import malformed
from tests.codecs import plain
from tests.codecs.strategies import names, records

every_record = pytest.mark.parametrize("name", names())


@cache
def codec(name: str) -> RecordCodec[object]:
    versions = versions_of(name)
    return RecordCodec(RECORDS[versions[-1].record.name], versions)


@every_record
@given(data=st.data())
def test_what_is_encoded_decodes_to_itself(name: str, data: st.DataObject) -> None:
    value = data.draw(records(name))
    assert codec(name).decode(codec(name).encode(value)) == value


@every_record
@given(data=st.data())
def test_fastavro_reads_what_is_encoded(name: str, data: st.DataObject) -> None:
    value = data.draw(records(name))
    assert plain.read(name, codec(name).encode(value)[FRAME_SIZE:]) == plain.plain(value)


@every_record
@given(data=st.data())
def test_what_fastavro_writes_is_decoded(name: str, data: st.DataObject) -> None:
    value = data.draw(records(name))
    body = plain.written(plain.parsed(name), plain.plain(value))
    assert codec(name).decode(frame(versions_of(name)[-1].schema_id) + body) == value


@every_record
@given(data=st.data())
def test_json_text_reads_back_as_the_value(name: str, data: st.DataObject) -> None:
    value = data.draw(records(name))
    read = json_reader_of(versions_of(name)[-1].record)
    assert read(orjson.loads(json_text(value)), "") == value


@every_record
@given(body=st.binary(max_size=400))
def test_promise_5_any_bytes_decode_or_raise_codec_error_only(name: str, body: bytes) -> None:
    for data in (body, frame(versions_of(name)[-1].schema_id) + body):
        try:
            value = codec(name).decode(data)
        except CodecError:
            continue
        assert codec(name).decode(codec(name).encode(value)) == value


@every_record
@given(data=st.data())
def test_promise_5_any_damage_decodes_or_raises_codec_error_only(name: str, data: st.DataObject) -> None:
    valid = bytearray(codec(name).encode(data.draw(records(name))))
    for at in data.draw(st.lists(st.integers(0, len(valid) - 1), min_size=1, max_size=8)):
        valid[at] = data.draw(st.integers(0, 255))
    try:
        value = codec(name).decode(bytes(valid))
    except CodecError:
        return
    assert isinstance(value, RECORDS[versions_of(name)[-1].record.name])


@given(request=records("sharing_request"), seed=st.integers(0, 2**32))
def test_promise_5_every_kind_of_malformed_value_raises_codec_error(
    request: SharingRequest, seed: int
) -> None:
    for spoilt in malformed(encode_request(request), seed):
        with pytest.raises(CodecError):
            decode_request(spoilt.value)


@given(text=st.text(max_size=200) | st.binary(max_size=200))
def test_promise_5_any_text_is_a_request_or_raises_codec_error_only(text: str | bytes) -> None:
    with pytest.raises(CodecError):
        request_from_json(text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200)
@given(request=records("sharing_request"), data=st.data())
def test_promise_5_a_request_with_any_field_replaced_is_a_request_or_raises_codec_error_only(
    request: SharingRequest, data: st.DataObject
) -> None:
    content = orjson.loads(json_text(request))
    content[data.draw(st.sampled_from(sorted(content)))] = data.draw(JSON_VALUES)
    try:
        text = orjson.dumps(content)
    except orjson.JSONEncodeError:
        return
    try:
        read = request_from_json(text)
    except CodecError:
        return
    assert isinstance(read, SharingRequest)
