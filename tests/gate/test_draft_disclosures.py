"""Legal process: what becomes of a disclosure that counsel has signed, and of one that nobody has."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codecs.access import open_access
from streams.codecs.disclosure_note import open_disclosure
from streams.codecs.disclosure_order import encode_disclosure_order
from streams.codecs.ledger_record import encode_ledger_record, read_link
from streams.ledger.disclosure_note import DisclosureNote
from streams.ledger.verify import verify
from streams.policy.alert import Severity
from streams.policy.vocabulary import Issuer, Purpose, ReasonCode, RecordKind, RequestId, RequestKind, Verdict
from tests.gate.bench import (
    OKAFOR,
    STRANGER,
    VAULT,
    Bench,
    kinds,
    signed,
    signed_disclosure,
    signed_review,
    snapshot,
)
from tests.gate.test_draft_reviews import SUSPICIOUS, held
from tests.policy.building import a_request
from tests.policy.legal_process import AUTHORITY, DISCLOSURE, a_disclosure

REFUSED, ORDERED = ReasonCode.DISCLOSURE_REFUSED, ReasonCode.DISCLOSURE_ORDERED
NOTE = signed_disclosure(DISCLOSURE)
FORGED = signed_disclosure(DISCLOSURE, by=STRANGER)
UNLAWFUL = a_disclosure({"issuer": Issuer.EXECUTIVE})


def is_sound(bench: Bench) -> bool:
    """Tell whether the chain verifies, and a new owner reads from it what this one knows."""
    values = [value for _, value in bench.rows(bench.topics.decisions.name)]
    return verify(values, read_link).problem is None and snapshot(bench.rebuilt()) == snapshot(bench.state)


def test_what_counsel_has_signed_becomes_one_order_for_exactly_these_records(bench: Bench) -> None:
    bench.send(NOTE)
    assert kinds(bench) == [("disclosure", "forward")]
    (order,) = bench.orders
    assert (order.selector, order.recipient) == (DISCLOSURE.selector, DISCLOSURE.recipient)
    assert order.note == NOTE.note
    assert bench.last.payload_digest == hashlib.sha256(encode_disclosure_order(order)).hexdigest()
    assert (bench.last.request_id, bench.last.authority) == (DISCLOSURE.disclosure_id, AUTHORITY.kind)
    assert (bench.last.entity_id, bench.last.agreement_id) == (None, None)
    (alert,) = bench.alerts
    assert (alert.kind, alert.severity, alert.decision_ids) == (ORDERED, Severity.LOW, (order.decision_id,))
    assert (bench.answers, bench.releases(), len(bench.state.holds)) == ([], [], 0)
    assert is_sound(bench)


def test_what_was_signed_and_who_provides_what_stand_sealed_and_nothing_of_it_in_the_clear(
    bench: Bench,
) -> None:
    bench.send(NOTE, signed_disclosure(a_disclosure(disclosure_id=RequestId("d-2"), case_number="")))
    assert open_disclosure(bench.ledger[1], VAULT) == NOTE
    access = open_access(bench.ledger[1], VAULT)
    assert (access.user, access.data_elements) == (OKAFOR.name, ("8ABC123",))
    plain = b"".join(encode_ledger_record(record) for record in bench.ledger)
    told = f"{bench.alerts}"
    secrets = ("8ABC123", "okafor", "Department 42", "26-001234", "26-SW-0113")
    assert not [word for word in secrets if word.encode() in plain or word in told]


def test_what_the_rules_refuse_is_on_record_with_its_reasons_and_alerts(bench: Bench) -> None:
    bench.send(signed_disclosure(UNLAWFUL))
    assert kinds(bench) == [("disclosure", "block")]
    assert bench.last.leading_reason is ReasonCode.DISCLOSURE_WITHOUT_AUTHORITY
    assert bench.last.reasons[0].clause
    assert [alert.kind for alert in bench.alerts] == [ReasonCode.DISCLOSURE_WITHOUT_AUTHORITY]
    assert bench.orders == []
    assert is_sound(bench)


def test_the_same_again_makes_no_second_order_in_one_batch_or_later(bench: Bench) -> None:
    bench.send(NOTE, NOTE)
    bench.send(NOTE)
    assert kinds(bench) == [("disclosure", "forward"), ("disclosure", "block"), ("disclosure", "block")]
    assert (bench.last.leading_reason, bench.last.follows) == (REFUSED, bench.ledger[1].decision_id)
    assert [alert.kind for alert in bench.alerts] == [ORDERED, REFUSED, REFUSED]
    assert len(bench.orders) == 1
    assert is_sound(bench)


def test_a_new_owner_of_the_partition_makes_no_second_order(bench: Bench) -> None:
    bench.send(NOTE)
    bench.state = bench.rebuilt()
    bench.send(NOTE)
    assert len(bench.orders) == 1


def test_an_id_is_used_once_whatever_is_signed_under_it_later(bench: Bench) -> None:
    bench.send(signed_disclosure(UNLAWFUL), NOTE)
    assert kinds(bench) == [("disclosure", "block"), ("disclosure", "block")]
    assert bench.last.leading_reason is REFUSED
    assert bench.orders == []


def _altered() -> DisclosureNote:
    return replace(NOTE, note=NOTE.note.replace("8ABC123", "7XYZ999"))


def _elsewhere() -> DisclosureNote:
    return replace(NOTE, disclosure_id="d-9")


@pytest.mark.parametrize("note", [FORGED, _altered(), _elsewhere(), replace(NOTE, note="nothing")])
def test_what_nobody_of_counsel_has_signed_is_refused_recorded_and_alerted(
    bench: Bench, note: DisclosureNote
) -> None:
    bench.send(note)
    assert kinds(bench) == [("disclosure", "block")]
    assert (bench.last.leading_reason, bench.last.authority, bench.last.request_id) == (REFUSED, None, None)
    assert open_disclosure(bench.last, VAULT) == note
    (alert,) = bench.alerts
    assert (alert.kind, alert.severity) == (REFUSED, Severity.HIGH)
    assert bench.orders == []
    # Nobody can use up the id of another's disclosure.
    bench.send(NOTE)
    assert kinds(bench)[-1] == ("disclosure", "forward")
    assert is_sound(bench)


def test_without_counsel_nobody_can_disclose(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.arrivals, "_keys", replace(bench.arrivals._keys, counsel=()))
    bench.send(NOTE)
    assert bench.last.leading_reason is REFUSED


def test_it_is_moved_to_the_partition_of_its_id_and_decided_there() -> None:
    first, second = Bench(0, 2), Bench(1, 2)
    first.send(NOTE)
    second.send(NOTE)
    assert sorted(kinds(first) + kinds(second)) == [("disclosure", "forward"), ("rerouted", "unknown")]


def test_an_order_that_cannot_be_written_is_a_dead_letter_and_can_come_again(bench: Bench) -> None:
    bench.refuse(NOTE)
    assert kinds(bench) == [("malformed", "block")]
    assert (bench.orders, len(bench.dead_letters)) == ([], 1)
    bench.send(NOTE)
    assert len(bench.orders) == 1


def test_a_sharing_request_for_legal_process_is_held_and_told_which_way_to_go(bench: Bench) -> None:
    bench.send(signed(kind=RequestKind.LEGAL_DISCLOSURE))
    assert kinds(bench) == [("decision", "hold")]
    (reason,) = bench.answers[-1].reasons
    assert "signed by counsel" in reason.message
    assert bench.orders == []


def test_it_is_signed_for_one_ledger(bench: Bench) -> None:
    bench.send(replace(NOTE, note=NOTE.note.replace("test/ledger", "other/ledger")))
    assert bench.last.leading_reason is REFUSED


def test_evidence_of_the_case_is_asked_for_as_the_books_are_now(bench: Bench) -> None:
    bench.send(signed_disclosure(a_disclosure(purpose_code=Purpose.COMMERCIAL)))
    assert bench.last.leading_reason is ReasonCode.COMMERCIAL_PURPOSE
    assert bench.last.books_revision == bench.books.revision


DISCLOSURES = st.lists(
    st.sampled_from(
        [
            NOTE,
            FORGED,
            signed_disclosure(UNLAWFUL),
            signed_disclosure(a_disclosure(disclosure_id=RequestId("req-1"))),
            signed_disclosure(a_disclosure(disclosure_id=a_request().request_id)),
        ]
    ),
    max_size=4,
)


@given(before=DISCLOSURES, between=DISCLOSURES, text=st.sampled_from(["", "ice", "homicide, vehicle seen"]))
def test_a_disclosure_never_changes_what_is_decided_about_a_request(
    before: list[DisclosureNote], between: list[DisclosureNote], text: str
) -> None:
    requests = [signed(reason_text=text), signed(request_id="r-2"), signed(reason_text=text)]
    alone, beside = Bench(), Bench()
    alone.send(*requests)
    beside.send(*before, requests[0], *between, *requests[1:])
    decided = [one for one in beside.ledger if one.kind is not RecordKind.DISCLOSURE]
    outcome = [(one.kind, one.decision_id, one.verdict, one.reasons) for one in decided]
    assert outcome == [(one.kind, one.decision_id, one.verdict, one.reasons) for one in alone.ledger]
    assert beside.releases() == alone.releases()
    assert beside.answers == alone.answers


@given(disclosures=DISCLOSURES)
def test_no_agreement_ever_has_a_part_in_a_disclosure(disclosures: list[DisclosureNote]) -> None:
    bench, bare = Bench(), Bench()
    # Without an agreement, and without any entity, the same is disclosed.
    bare.revise(lambda books: books.drop("agreement/mou-24-017"))
    bare.revise(lambda books: books.drop("entity/pasadena-pd"))
    bench.send(*disclosures)
    bare.send(*disclosures)
    assert [one.payload_digest for one in bench.ledger] == [one.payload_digest for one in bare.ledger]
    assert {(one.entity_id, one.agreement_id) for one in bench.ledger} == {(None, None)}
    assert [order.selector for order in bench.orders] == [order.selector for order in bare.orders]


def test_a_review_and_a_disclosure_do_not_touch_each_other(bench: Bench) -> None:
    hold = held(bench, **SUSPICIOUS)
    bench.send(NOTE)
    bench.send(signed_review(hold, "approve", ReasonCode.REASON_NEEDS_REVIEW))
    assert kinds(bench)[-1] == ("resolution", "forward")
    assert [one.verdict for one in bench.ledger if one.kind is RecordKind.DISCLOSURE] == [Verdict.FORWARD]
