from dataclasses import replace
from datetime import timedelta

from streams.ledger.open_orders import OpenOrders
from streams.ledger.record import GENESIS_PREVIOUS
from streams.ledger.release_action import ReleaseAct, ReleaseAction
from streams.policy.vocabulary import AgreementId, DecisionId, EntityId
from tests.policy.building import NOW

DUE = NOW + timedelta(hours=24)
BEGUN = ReleaseAction(
    act=ReleaseAct.REDEEM,
    at=NOW,
    by=EntityId("lapd"),
    decision_id=DecisionId("d-1"),
    entity_id=EntityId("pasadena-pd"),
    agreement_id=AgreementId("mou-24-017"),
    agreement_version=3,
    books_revision=41,
    release_digest="00",
    receipt_due=DUE,
    seq=0,
    prev_hash=GENESIS_PREVIOUS,
)


def act(kind: ReleaseAct) -> ReleaseAction:
    return replace(BEGUN, act=kind)


def test_an_order_is_open_until_its_receipt() -> None:
    orders = OpenOrders([BEGUN])
    assert (orders.begun(BEGUN.decision_id), orders.open()) == (BEGUN, (BEGUN,))
    orders.take(act(ReleaseAct.RECEIPT))
    assert orders.open() == ()
    assert orders.receipt(BEGUN.decision_id) is not None
    # Closed, it stays begun: it is carried out once.
    assert orders.begun(BEGUN.decision_id) is not None


def test_a_receipt_is_overdue_from_its_time_on_and_told_once() -> None:
    orders = OpenOrders([BEGUN])
    assert orders.overdue(DUE - timedelta(microseconds=1)) == ()
    assert orders.overdue(DUE) == (BEGUN,)
    orders.take(act(ReleaseAct.OVERDUE))
    assert orders.overdue(DUE) == ()
    assert orders.open() == (BEGUN,)


def test_what_was_refused_or_fetched_begins_nothing() -> None:
    orders = OpenOrders([act(ReleaseAct.REFUSE), act(ReleaseAct.FETCH)])
    assert orders.begun(BEGUN.decision_id) is None
    assert orders.open() == ()
