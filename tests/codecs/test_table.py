import pytest

from streams.codecs.catalogue import rows, versions_of
from streams.codecs.record_codec import file_name
from streams.codecs.table import CODECS
from streams.errors import CodecError
from tests.codecs.examples import example
from tests.codecs.samples import ACK, HEARTBEAT, LEDGER_RECORD, REQUEST

FILES = {"request": "sharing_request", "policy": "agency_policy"}


def test_every_record_on_the_wire_has_its_codec() -> None:
    assert {FILES.get(name, name) for name in CODECS} == {row.record for row in rows()}


@pytest.mark.parametrize(
    ("name", "value"),
    [("request", REQUEST), ("heartbeat", HEARTBEAT), ("books_ack", ACK), ("ledger_record", LEDGER_RECORD)],
)
def test_a_codec_decodes_what_it_encodes(name: str, value: object) -> None:
    assert CODECS[name].decode(CODECS[name].encode(value)) == value
    assert file_name(type(value).__name__) == FILES.get(name, name)


@pytest.mark.parametrize("name", sorted(CODECS))
def test_every_codec_encodes_under_its_own_schema_id_and_refuses_others(name: str) -> None:
    record = FILES.get(name, name)
    data = CODECS[name].encode(example(record))
    assert CODECS[name].decode(data) == example(record)
    assert int.from_bytes(data[1:5], "big") == versions_of(record)[-1].schema_id
    for other in CODECS.keys() - {name}:
        with pytest.raises(CodecError, match="is no version of"):
            CODECS[other].decode(data)
