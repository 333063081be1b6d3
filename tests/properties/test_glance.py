"""A glance sees what a full reading sees, and cannot be led astray by damage."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.codecs.record_codec import FRAME_SIZE, codec_of
from streams.errors import CodecError
from streams.ledger.record import LedgerRecord
from streams.policy.request import SharingRequest
from streams.rehearsal.glances import addressed, settled
from tests.codecs.samples import REQUEST
from tests.codecs.strategies import records

MANY = settings(max_examples=150, deadline=None)
LEDGER, REQUESTS = codec_of(LedgerRecord), codec_of(SharingRequest)


@MANY
@given(record=records("ledger_record"))
def test_of_the_ledger_it_sees_what_became_of_a_request(record: LedgerRecord) -> None:
    seen = settled(LEDGER.encode(record))
    assert (seen.kind, seen.decided_at, seen.source_offset) == (
        record.kind,
        record.decided_at,
        record.source_offset,
    )
    assert [reason.code for reason in seen.reasons] == [reason.code for reason in record.reasons]


@MANY
@given(request=records("sharing_request"))
def test_of_a_request_it_sees_for_whom_it_is(request: SharingRequest) -> None:
    assert addressed(REQUESTS.encode(request)).recipient_name == request.recipient_name


@MANY
@given(record=records("ledger_record"), data=st.data())
def test_damage_is_seen_as_something_or_refused(record: LedgerRecord, data: st.DataObject) -> None:
    whole = LEDGER.encode(record)
    place = data.draw(st.integers(FRAME_SIZE, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.binary(max_size=3)) + whole[place + 1 :]
    # Any other exception would fail the test.
    with contextlib.suppress(CodecError):
        settled(damaged)


@pytest.mark.parametrize("size", range(FRAME_SIZE, len(REQUESTS.encode(REQUEST)) // 8))
def test_what_ends_before_the_last_field_is_refused(size: int) -> None:
    whole = REQUESTS.encode(REQUEST)
    assert size < whole.index(REQUEST.recipient_name.encode()) + len(REQUEST.recipient_name)
    with pytest.raises(CodecError, match="ends too early"):
        addressed(whole[:size])


@pytest.mark.parametrize("data", [None, b"", b"garbage", b"\x00\x00\x00\x00\xff rest"])
def test_what_is_no_such_record_is_refused(data: bytes | None) -> None:
    with pytest.raises(CodecError, match="expected SharingRequest, got something else"):
        addressed(data)
