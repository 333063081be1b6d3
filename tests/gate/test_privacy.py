"""No plate and no name of a person in what is read outside the ledger, whatever a request holds them in."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from streams.codecs.access import open_access
from streams.codecs.request import encode_request
from streams.policy.request import SharingRequest
from streams.simulators.malformed import malformed
from tests.gate.bench import VAULT, Bench, seal, signed
from tests.policy.building import NOW, a_request

PLATE, READ_PLATE = "7QXJ911", "4ZVK302"
PERSONS = ("zoltan.quirke", "Wilhelmina Oxley", "Barnaby Thistlewood", "Quentin Farnsworth")
SECRETS = (PLATE, READ_PLATE, *PERSONS)
READ = {"read_id": "read-1", "captured_at": NOW - timedelta(days=1), "network": "north", "plate": READ_PLATE}
PERSONAL: dict[str, Any] = {
    "requested_by": {"user": PERSONS[0], "on_behalf_of": None},
    "recipient_contact": PERSONS[3],
    "selector": {"plate": PLATE},
}
# Each is refused for another reason, and most of them name a person where the reason lies.
SPOILT: tuple[dict[str, Any], ...] = (
    {},
    {"requested_by": {"user": PERSONS[0], "on_behalf_of": PERSONS[1]}},
    {"requested_by": {"user": PERSONS[0], "on_behalf_of": "FBI"}},
    {"requested_by": {"user": PERSONS[0], "organisation": PERSONS[2]}},
    {"requested_by": {"user": "", "organisation": ""}},
    {"recipient_name": PERSONS[1]},
    {"recipient_id": PERSONS[1]},
    {"reason_text": f"immigration matter of {PERSONS[1]}, assist {PERSONS[2]}, plate {PLATE}"},
    {"reason_text": f"for {PERSONS[1]}"},
    {"reason_text": ""},
    {"offence_code": PERSONS[1], "case_number": PERSONS[2]},
    {"consideration": f"paid by {PERSONS[1]}"},
    {"networks": [PERSONS[1]]},
    {"selector": {"plate": f"{PLATE}*", "read_ids": [PERSONS[1]]}},
    {"selector": {"plate": PLATE, "window_from": NOW - timedelta(days=900)}},
    {"records": [READ], "initiated_by": "agency"},
    {"records": [{**READ, "captured_at": NOW - timedelta(days=900)}]},
    {"records": [{**READ, "network": PERSONS[1]}]},
    {"purpose_code": "commercial"},
    {"purpose_code": "unheard of"},
    {"authenticated_as": "burbank-pd"},
    {"requested_at": NOW + timedelta(days=3)},
    {"requested_at": NOW - timedelta(days=30)},
    {"min_revision": 99},
    {"kind": "unheard of"},
    {"channel": PERSONS[1]},
)


def personal(number: int, changes: dict[str, Any]) -> SharingRequest:
    return seal(a_request(**{**PERSONAL, **changes, "request_id": f"r-{number}"}))


def played(bench: Bench) -> Bench:
    """Let everything happen to every request: decided, repeated, followed, expired, refused, spoilt."""
    sent = [personal(number, changes) for number, changes in enumerate(SPOILT)]
    bench.send(*sent, *sent)
    bench.send(*(seal(replace(one, case_number=PERSONS[2], recipient_contact=PLATE)) for one in sent))
    bench.send(*(one.value for one in malformed(encode_request(personal(99, {"reason_text": PLATE})), 5)))
    for one in sent:
        bench.refuse(one)
    bench.advance(NOW + timedelta(days=20))
    bench.send()
    return bench


def secrets_in(texts: Iterator[str]) -> set[str]:
    everything = "\n".join(texts).casefold()
    return {secret for secret in SECRETS if secret.casefold() in everything}


def test_alerts_hold_no_plate_and_no_person(bench: Bench) -> None:
    alerts = played(bench).alerts
    assert len({alert.kind for alert in alerts}) > 10
    assert secrets_in(map(repr, alerts)) == set()


def test_the_answers_hold_no_plate_and_no_person_but_the_organisation_that_asked(bench: Bench) -> None:
    answers = played(bench).answers
    assert len(answers) > 2 * len(SPOILT)
    assert secrets_in(repr(replace(answer, organisation="")) for answer in answers) == set()


def test_the_errors_of_dead_letters_hold_no_plate_and_no_person(bench: Bench) -> None:
    letters = played(bench).dead_letters
    assert len(letters) > 30
    assert secrets_in(letter.error for letter in letters) == set()


def test_the_reasons_on_record_hold_no_plate_and_no_person(bench: Bench) -> None:
    assert secrets_in(repr(record.reasons) for record in played(bench).ledger) == set()


def test_the_ledger_and_the_holds_hold_no_plate_and_no_person_in_plain(bench: Bench) -> None:
    played(bench)
    rows = [*bench.rows(bench.topics.decisions.name), *bench.rows(bench.topics.holds.name)]
    values = [value for _, value in rows if value is not None]
    assert len(values) > 3 * len(SPOILT)
    assert secrets_in(value.decode(errors="replace") for value in values) == set()


def test_whoever_has_the_key_of_the_month_reads_who_asked_for_what(bench: Bench) -> None:
    played(bench)
    accesses = [open_access(record, VAULT) for record in bench.ledger if record.sealed_access is not None]
    assert secrets_in(map(repr, accesses)) >= {PLATE, PERSONS[0]}


def test_nothing_is_logged_while_it_is_decided(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    played(bench)
    assert caplog.records == []


def test_the_keys_of_what_is_written_hold_no_plate_and_no_person(bench: Bench) -> None:
    played(bench)
    keys = (
        (key or b"").decode()
        for (topic, _), rows in bench.written.items()
        for key, _ in rows
        if topic != bench.topics.answers.name
    )
    assert secrets_in(keys) == set()


def test_the_secrets_are_in_what_was_sent(bench: Bench) -> None:
    bench.send(signed())
    assert secrets_in(repr(personal(0, changes)) for changes in SPOILT) == set(SECRETS)
