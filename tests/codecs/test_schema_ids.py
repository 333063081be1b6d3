import subprocess
import sys

import pytest

from streams.codecs.catalogue import rows, versions_of
from streams.codecs.record_codec import RecordCodec, frame
from streams.codecs.schema_ids import Ids, refuse_ambiguous
from streams.errors import CodecError, InputError
from streams.policy.request import SharingRequest
from tests.codecs.samples import REQUEST

FAR = 10_000
VERSIONS = versions_of("sharing_request")
OURS: Ids = {bytes.fromhex(row.fingerprint): row.schema_id for row in rows()}
GIVEN: Ids = {fingerprint: schema_id + FAR for fingerprint, schema_id in OURS.items()}
# The ids of a process are settled once, so it is tried in one of its own.
PROGRAM = """
from streams.codecs.catalogue import rows
from streams.codecs.request import decode_request, encode_request
from streams.codecs.review_note import is_review_note
from streams.codecs.schema_ids import ids_in_use, use_ids
from streams.errors import InputError
from streams.rehearsal.glances import addressed
from tests.codecs.samples import REQUEST
old = encode_request(REQUEST)
given = {bytes.fromhex(row.fingerprint): row.schema_id + 10_000 for row in rows()}
use_ids(given)
new = encode_request(REQUEST)
assert old[5:] == new[5:] and int.from_bytes(new[1:5], "big") == int.from_bytes(old[1:5], "big") + 10_000
assert decode_request(old) == decode_request(new) == REQUEST
assert addressed(old) == addressed(new)
(note,) = [row.schema_id for row in rows() if row.record == "review_note"]
assert is_review_note(bytes([0, *(note + 10_000).to_bytes(4, "big")])) and not is_review_note(new)
use_ids(given)
try:
    use_ids({**given, next(iter(given)): 20_000})
except InputError:
    assert ids_in_use() == given
    print("settled")
"""


def test_the_given_id_is_written_and_both_are_read() -> None:
    codec = RecordCodec(SharingRequest, VERSIONS)
    old = codec.encode(REQUEST)
    codec.use_ids(GIVEN)
    new = codec.encode(REQUEST)

    assert new == frame(VERSIONS[-1].schema_id + FAR) + old[5:]
    assert codec.decode(new) == codec.decode(old) == REQUEST
    assert codec.fingerprint_of(new) == codec.fingerprint_of(old) == VERSIONS[-1].fingerprint
    with pytest.raises(CodecError, match="is no version of SharingRequest"):
        codec.decode(frame(2 + FAR) + new[5:])


def test_ids_are_settled_once_for_a_process() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "settled\n", done.stderr


def test_no_id_may_stand_for_two_schemas() -> None:
    refuse_ambiguous({})
    refuse_ambiguous(OURS)
    refuse_ambiguous(GIVEN)
    first, second, *_ = OURS
    with pytest.raises(InputError, match=f"the id {OURS[second]} to `history/sharing_request.1.avsc`, and"):
        refuse_ambiguous({**GIVEN, first: OURS[second]})
    with pytest.raises(InputError, match="could be read as another"):
        refuse_ambiguous({**GIVEN, first: GIVEN[second]})
