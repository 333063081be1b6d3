from time import process_time

import pytest

from streams.policy.books import Books
from streams.policy.case import SCREENED_LENGTH
from streams.policy.decide import decide
from streams.policy.digest import content_digest, decision_id_of, identify
from streams.policy.entity import Entity
from streams.policy.standing import Standing
from streams.policy.vocabulary import EntityId, ReasonCode, Verdict
from streams.rehearsal.plain_values import Plain
from tests.policy.building import NOW, a_request, in_force, some_books


def test_a_decision_says_on_what_it_stands() -> None:
    books = some_books()
    request = a_request()
    decision = decide(request, books, in_force(books), NOW)
    digest = content_digest(request)
    assert decision.request_digest == digest
    assert decision.decision_id == decision_id_of("Pasadena CA PD", request.request_id, digest)
    assert (decision.books_revision, decision.policy_hash) == (41, in_force(books).policy_hash)
    assert (decision.event_time, decision.decided_at) == (request.requested_at, NOW)
    assert (decision.entity_id, decision.agreement_id, decision.agreement_version) == (
        "pasadena-pd",
        "mou-24-017",
        3,
    )


def test_an_identity_worked_out_before_gives_the_same_decision() -> None:
    books = some_books()
    request = a_request()
    assert decide(request, books, in_force(books), NOW, identify(request)) == decide(
        request, books, in_force(books), NOW
    )


@pytest.mark.parametrize(
    ("when", "elements"),
    [
        ({}, ("8ABC123",)),
        ({"selector": {"read_ids": ["a", "b"]}}, ("8ABC123", "a", "b")),
        (
            {"selector": {"plate": None}},
            ("from=2026-04-28T19:00:00+00:00", "to=2026-05-01T18:00:00+00:00"),
        ),
        ({"records": [{"read_id": "c", "captured_at": "2026-05-01T00:00:00Z"}]}, ("8ABC123", "c")),
        (
            {
                "records": [{"read_id": "c", "captured_at": "2026-05-01T00:00:00Z"}],
                "selector": {"plate": None, "window_from": None, "window_to": None},
            },
            ("c",),
        ),
    ],
)
def test_the_access_record_is_verbatim(when: Plain, elements: tuple[str, ...]) -> None:
    books = some_books()
    access = decide(a_request(**when), books, in_force(books), NOW).access
    assert access.data_elements == elements
    assert (access.user, access.organisation) == ("jdoe", "Pasadena CA PD")
    assert access.purpose == "criminal_investigation: stolen vehicle seen at a robbery"
    assert access.time == a_request().requested_at


def test_an_access_record_without_purpose_is_still_one() -> None:
    books = some_books()
    request = a_request(purpose_code=None, reason_text=None)
    assert decide(request, books, in_force(books), NOW).access.purpose == ": "


def test_a_block_still_names_the_nearest_agreement_but_no_obligations() -> None:
    books = some_books({"agreement": {"obligations": [{"kind": "report", "text": "yearly"}]}})
    decision = decide(a_request(consideration="money"), books, in_force(books), NOW)
    assert decision.agreement_id == "mou-24-017"
    assert decision.obligations == ()


@pytest.mark.parametrize("field", ["offence_code", "case_number"])
def test_a_code_is_screened_to_its_end_or_read_by_a_person(field: str) -> None:
    books = some_books()
    for length, verdict in ((SCREENED_LENGTH, Verdict.FORWARD), (SCREENED_LENGTH + 1, Verdict.HOLD)):
        assert decide(a_request(**{field: "x" * length}), books, in_force(books), NOW).verdict is verdict


class _Broken(Books):
    """Books that fail when they are asked."""

    def resolve(self, name: str) -> Entity | None:
        raise RuntimeError(name)


class _Forgetful(Books):
    """Books that know an entity and nothing about its standing."""

    def standing(self, entity_id: EntityId) -> Standing | None:
        assert entity_id
        return None


def test_a_failure_of_any_kind_blocks_and_tells_no_value() -> None:
    policy = in_force(some_books())
    decision = decide(a_request(), _Broken(), policy, NOW)
    assert (decision.verdict, decision.leading_reason) == (Verdict.BLOCK, ReasonCode.EVALUATION_FAILED)
    assert decision.reasons[0].message == "a rule could not be evaluated: `RuntimeError`"
    assert (decision.entity_id, decision.agreement_id) == (None, None)


def test_an_entity_without_standing_is_nobody() -> None:
    known = some_books()
    books = _Forgetful()
    for entity in known.entities():
        books.put_entity(entity)
    decision = decide(a_request(), books, in_force(known), NOW)
    assert [reason.code for reason in decision.reasons] == ["RECIPIENT_UNRESOLVED", "NO_AGREEMENT"]
    assert decision.reasons[0].message == "`pasadena-pd` is no recipient: it is not in the registry"
    proxy = decide(a_request(requested_by={"on_behalf_of": "FBI"}), books, in_force(known), NOW)
    assert ReasonCode.ON_BEHALF_OF_ANOTHER in [reason.code for reason in proxy.reasons]


HOSTILE_TEXTS = {
    "blanks": "a" + " " * 300_000 + "b",
    "accents": "a" + "\u0315\u0300" * 150_000,
    "triggers": "for " * 75_000,
    "names": "for burbank ca pd " * 16_000,
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
@pytest.mark.parametrize("field", ["reason_text", "recipient_name", "offence_code", "case_number"])
def test_no_text_of_a_request_keeps_the_gate_busy(field: str, text: str) -> None:
    """A worker decides for all: one request that takes minutes would stop every other."""
    books, request = some_books(), a_request(**{field: text})
    began = process_time()
    assert decide(request, books, in_force(books), NOW).verdict is not Verdict.FORWARD
    assert process_time() - began < 2  # seconds; a hundredth is usual
