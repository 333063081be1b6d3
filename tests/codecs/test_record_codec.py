import json
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from typing import Any, cast

import pytest

from streams.codecs.catalogue import Version, versions_of
from streams.codecs.json_reading import defaults_of
from streams.codecs.record_codec import FRAME_SIZE, RecordCodec, codec_of, file_name, frame
from streams.codecs.shapes import record_of
from streams.errors import CodecError
from streams.policy.book_records import BooksAck, Heartbeat
from streams.policy.entity import Entity, Evidence
from streams.policy.request import PlateRead, Requester, SharingRequest
from streams.policy.vocabulary import EntityClass, EntityId, EntityStatus, Initiator, RequestId, Scope
from tests.codecs import plain
from tests.codecs.samples import ACK, HEARTBEAT, NOW, READ, REQUEST

PLATE = "8SEC123"
ENTITY = Entity(
    entity_id=EntityId("burbank-pd"),
    name="Burbank Police Department",
    entity_class=EntityClass.LOCAL_LAW_ENFORCEMENT,
    jurisdiction="US-CA",
    evidence=Evidence(source="POST directory", verified_by="custodian", verified_at=NOW),
    status=EntityStatus.ACTIVE,
)
CODEC = codec_of(SharingRequest)
CURRENT = versions_of("sharing_request")[-1]


def schema() -> dict[str, Any]:
    text = files("schemas").joinpath("history/sharing_request.1.avsc").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def earlier(changed: dict[str, Any]) -> tuple[RecordCodec[SharingRequest], bytes]:
    """Return a codec that also knows an earlier schema, and the frame of that."""
    version = Version(schema_id=99, fingerprint=bytes(32), record=record_of(changed))
    return RecordCodec(SharingRequest, (version, CURRENT)), frame(99)


def test_the_frame_is_a_zero_byte_and_the_schema_id() -> None:
    assert CODEC.encode(REQUEST)[:FRAME_SIZE].hex() == f"00{CURRENT.schema_id:08x}"


def test_a_field_that_an_earlier_schema_did_not_have_takes_its_default() -> None:
    old = schema()
    old["fields"] = [
        field for field in old["fields"] if field["name"] not in {"scopes", "channel", "selector"}
    ]
    codec, prefix = earlier(old)
    content = plain.plain(REQUEST)
    assert isinstance(content, dict)
    decoded = codec.decode(prefix + plain.written(old, content))
    assert (decoded.scopes, decoded.channel, decoded.selector.plate) == ((), "", None)
    assert decoded.networks == REQUEST.networks


def test_a_field_that_only_an_earlier_schema_had_is_dropped() -> None:
    old = schema()
    old["fields"].insert(3, {"name": "mood", "type": "string"})
    old["fields"].insert(5, {"name": "moods", "type": ["null", "string"]})
    codec, prefix = earlier(old)
    content = {**cast("dict[str, object]", plain.plain(REQUEST)), "mood": "good", "moods": None}
    assert codec.decode(prefix + plain.written(old, content)) == REQUEST


def test_a_word_that_only_an_earlier_schema_had_reads_as_unknown() -> None:
    text = json.dumps(schema()).replace('"agency"', '"somebody_else"', 1)
    old = json.loads(text)
    codec, prefix = earlier(old)
    content = {**cast("dict[str, object]", plain.plain(REQUEST)), "initiated_by": "somebody_else"}
    assert codec.decode(prefix + plain.written(old, content)).initiated_by is Initiator.UNKNOWN


def test_a_sealed_value_is_refused_as_sealed() -> None:
    sealed = {"key_id": "k", "wrapped_key": b"", "nonce": bytes(12), "ciphertext": b"x"}
    content = cast("dict[str, Any]", plain.plain(REQUEST))
    for changed in (
        {**content, "reason_text": sealed},
        {**content, "requested_by": {**content["requested_by"], "user": sealed}},
    ):
        body = plain.written(plain.parsed("sharing_request"), changed)
        with pytest.raises(CodecError, match="sealed and no key is at hand"):
            CODEC.decode(frame(CURRENT.schema_id) + body)


def test_a_list_in_several_blocks_and_with_block_sizes_is_read_whole() -> None:
    data = CODEC.encode(replace(REQUEST, networks=("aaa", "bbb")))
    together = b"\x04\x06aaa\x06bbb\x00"
    assert together in data
    apart = data.replace(together, b"\x02\x06aaa\x01\x08\x06bbb\x00")
    assert CODEC.decode(apart).networks == ("aaa", "bbb")


@pytest.mark.parametrize(
    "spoilt",
    [
        replace(REQUEST, channel=cast("str", None)),
        replace(REQUEST, channel=cast("str", 3)),
        replace(REQUEST, networks=cast("tuple[str, ...]", (None,))),
        replace(REQUEST, scopes=cast("tuple[Scope, ...]", ("no_such",))),
        replace(REQUEST, initiated_by=cast("Initiator", None)),
        replace(REQUEST, requested_at=datetime(2026, 1, 1)),  # noqa: DTZ001  # the point of the test
        replace(REQUEST, reason_text="\ud800"),
        replace(REQUEST, min_revision=1 << 63),
        replace(REQUEST, records=(replace(READ, confidence=float("nan")),)),
        replace(REQUEST, requested_by=cast("Requester", None)),
        replace(REQUEST, requested_by=cast("Requester", READ)),
        replace(REQUEST, networks=("n",) * 65_537),
    ],
    ids=range(12),
)
def test_a_value_that_its_schema_cannot_hold_is_not_encoded(spoilt: SharingRequest) -> None:
    with pytest.raises(CodecError, match="SharingRequest does not fit its schema: "):
        CODEC.encode(spoilt)


def test_the_bytes_of_another_type_are_not_encoded() -> None:
    ack = replace(ACK, worker=cast("str", b"worker"))
    with pytest.raises(CodecError, match="BooksAck does not fit"):
        codec_of(BooksAck).encode(ack)


def test_what_is_larger_than_the_limit_is_neither_encoded_nor_decoded() -> None:
    small, large = RecordCodec(SharingRequest, (CURRENT,), 300), replace(REQUEST, channel="c" * 300)
    assert small.decode(small.encode(REQUEST)) == REQUEST
    with pytest.raises(CodecError, match=r"of \d+ bytes is larger than 300"):
        small.encode(large)
    with pytest.raises(CodecError, match=r"of \d+ bytes is larger than 300"):
        small.decode(CODEC.encode(large))


@pytest.mark.parametrize("cut", [1, 5, 40, 100])
def test_no_error_repeats_what_the_bytes_hold(cut: int) -> None:
    data = CODEC.encode(replace(REQUEST, request_id=RequestId(PLATE), channel=PLATE))
    for spoilt in (data[:-cut], data + b"\x00", data.replace(PLATE.encode(), b"\xff" * 7)):
        with pytest.raises(CodecError) as caught:
            CODEC.decode(spoilt)
        assert PLATE not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_record_decoded_is_frozen_like_any_other() -> None:
    decoded = CODEC.decode(CODEC.encode(REQUEST))
    assert hash(decoded) == hash(REQUEST)
    with pytest.raises(AttributeError):
        decoded.channel = "other"  # type: ignore[misc]  # the point of the test


def test_true_and_false_have_one_byte_each() -> None:
    codec = codec_of(Entity)
    versions = versions_of("entity")
    assert defaults_of(versions[-1].record)["Entity"]["inherits_parent_agreement"] is False
    data = codec.encode(ENTITY)
    at = data.index(b"US-CA") + len(b"US-CA") + 1
    assert codec.decode(data[:at] + b"\x01" + data[at + 1 :]).inherits_parent_agreement is True
    with pytest.raises(CodecError, match="truth value"):
        codec.decode(data[:at] + b"\x02" + data[at + 1 :])


def test_a_file_is_named_after_its_record() -> None:
    assert [file_name(made.__name__) for made in (BooksAck, Heartbeat, PlateRead)] == [
        "books_ack",
        "heartbeat",
        "plate_read",
    ]


def test_the_fingerprint_is_that_of_the_schema_that_the_bytes_name() -> None:
    codec = codec_of(Heartbeat)
    assert codec.fingerprint_of(codec.encode(HEARTBEAT)) == versions_of("heartbeat")[-1].fingerprint
