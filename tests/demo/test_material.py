from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.codecs.keyring import KEY_BYTES, new_keyring
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request import decode_request
from streams.demo.crowd import Message
from streams.demo.material import HISTORICAL_AGE, Material, real_requests, simulated_day
from streams.errors import CodecError, InputError
from streams.policy.books import Books
from streams.policy.floor import counterexample
from streams.policy.request import SharingRequest
from streams.policy.seal import seal_holds

KEYRING = new_keyring(bytes(range(2 * KEY_BYTES)))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTICES = """requesting_organisation,request_date,permissions_requested
Pasadena CA PD,2024-05-06,Search
Nobody We Know,2024-05-07,Search | Hot List
"""
PORTALS = """src_agency,external_agency
Napa CA PD,Pasadena CA PD
Reno NV PD,Pasadena CA PD
Napa CA PD,FBI
"""
REGISTRY = """entities:
  - entity_id: us-ca-elsewhere-pd
    name: Elsewhere CA PD
    class: local_law_enforcement
    jurisdiction: US-CA
    evidence: {source: a test, verified_by: a tester, verified_at: 2025-01-01}
    status: active
"""


def day(count: int = 300) -> Material:
    return simulated_day(KEYRING, NOW, count)


def readable(messages: tuple[Message, ...]) -> list[SharingRequest]:
    return [decode_request(message.value) for message in messages if not message.key.startswith(b"garbage")]


def written(folder: Path, text: str, name: str = "given.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def real(folder: Path, text: str) -> list[SharingRequest]:
    return readable(real_requests(written(folder, text), None, KEYRING).messages)


def test_a_day_has_as_many_requests_as_asked_for_and_garbage_beside_them() -> None:
    material = day(300)
    assert len(readable(material.messages)) == 300
    assert len(material.messages) == 303


def test_garbage_is_what_no_reader_takes_and_the_broker_does() -> None:
    garbage = [message for message in day().messages if message.key.startswith(b"garbage")]
    for message in garbage:
        with pytest.raises(CodecError):
            decode_request(message.value)
        assert len(message.value or b"") < INPUT_LIMIT


def test_two_days_of_one_keyring_and_hour_are_the_same() -> None:
    assert day() == day()


def test_most_seals_of_a_day_hold_and_some_do_not() -> None:
    held = [seal_holds(request, KEYRING.intake_keys) for request in readable(day().messages)]
    assert sum(held) > 0.9 * len(held)
    assert not all(held)


def test_what_is_to_be_revoked_is_on_the_books_and_what_is_unlawful_is_not() -> None:
    material = day()
    assert material.to_revoke in {agreement.agreement_id for agreement in material.agreements}
    assert len(material.unlawful) == 1
    assert material.unlawful[0] not in material.agreements


def test_the_floor_refuses_the_unlawful_agreement_and_no_other() -> None:
    material, books = day(), Books()
    books.put_policy(material.policy)
    for entity in material.entities:
        books.put_entity(entity)
    refused = [one for one in material.agreements if counterexample(books, one, NOW)]
    assert refused == []
    assert counterexample(books, material.unlawful[0], NOW)


def test_notices_are_sealed_and_vouched_for_by_exact_name_alone(tmp_path: Path) -> None:
    known, unknown = real(tmp_path, NOTICES)
    assert (known.authenticated_as, unknown.authenticated_as) == ("us-ca-pasadena-pd", None)
    assert seal_holds(known, KEYRING.intake_keys)


def test_of_a_crawl_only_portals_of_california_count(tmp_path: Path) -> None:
    assert [request.recipient_name for request in real(tmp_path, PORTALS)] == ["Pasadena CA PD", "FBI"]


def test_a_quoted_header_with_a_mark_of_its_encoding_is_known(tmp_path: Path) -> None:
    header, rows = NOTICES.split("\n", 1)
    quoted = ",".join(f'"{name}"' for name in header.split(","))
    assert len(real(tmp_path, f"\ufeff{quoted}\n{rows}")) == 2


def test_requests_of_past_years_are_not_judged_by_their_age(tmp_path: Path) -> None:
    material = real_requests(written(tmp_path, NOTICES), None, KEYRING)
    assert material.policy.request_max_age == HISTORICAL_AGE


def test_another_registry_takes_only_the_agreements_of_its_own_entities(tmp_path: Path) -> None:
    registry = written(tmp_path, REGISTRY, "registry.yaml")
    material = real_requests(written(tmp_path, NOTICES), registry, KEYRING)
    assert [entity.entity_id for entity in material.entities] == ["us-ca-elsewhere-pd"]
    assert material.agreements == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "given.csv:1: expected the header of notices"),
        ("a,b\n1,2\n", "given.csv:1: expected the header of notices"),
        (NOTICES.splitlines()[0] + "\n", "given.csv: expected at least one request"),
        (NOTICES + "Pasadena CA PD,yesterday,Search\n", "given.csv:4: request_date"),
        (PORTALS + "Napa CA PD\n", "given.csv:5: expected 2 cells"),
    ],
)
def test_a_file_that_is_neither_is_told_by_name_and_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        real(tmp_path, text)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "given.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"cannot read `.*given\.csv`"):
        real_requests(file, None, KEYRING)


def test_a_request_told_twice_has_one_id(tmp_path: Path) -> None:
    twice = NOTICES + NOTICES.split("\n")[1]
    first, _, again = (request.request_id for request in real(tmp_path, twice))
    assert first == again
