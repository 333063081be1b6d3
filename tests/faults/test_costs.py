"""The three counts can be other than zero."""

from streams.ledger.reconcile import Forward
from streams.policy.vocabulary import DecisionId, EntityId
from tests.faults.costs import Costs, costs
from tests.ledger.chains import GENESIS, block, expiry, forward, hold, malformed

RECORDS = (GENESIS, forward(10), block(11), hold(12), malformed(13), expiry(12))
SENT = tuple((0, offset) for offset in range(10, 14))
NONE = Costs(forwards_without_decision=0, requests_lost=0, duplicate_decisions=0)
BURBANK = EntityId("burbank-pd")


def went(number: int, digest: str = "c3" * 32) -> Forward:
    return Forward(DecisionId(f"d-{number}"), BURBANK, digest)


def test_what_is_in_order_costs_nothing() -> None:
    assert costs(SENT, RECORDS, [went(10)]) == NONE


def test_a_forward_that_no_record_names_is_counted() -> None:
    assert costs(SENT, RECORDS, [went(10), went(99)]).forwards_without_decision == 1


def test_a_forward_of_a_block_is_counted() -> None:
    assert costs(SENT, RECORDS, [went(10), went(11)]).forwards_without_decision == 1


def test_a_forward_of_other_bytes_is_counted_and_its_own_is_missed() -> None:
    found = costs(SENT, RECORDS, [went(10, "d4" * 32)])
    assert (found.forwards_without_decision, found.requests_lost) == (1, 1)


def test_a_request_without_a_record_is_lost() -> None:
    assert costs([*SENT, (0, 14), (1, 10)], RECORDS, [went(10)]).requests_lost == 2


def test_a_record_that_says_forward_where_nothing_lies_is_a_loss() -> None:
    assert costs(SENT, RECORDS, []).requests_lost == 1


def test_what_lay_in_a_topic_that_was_deleted_is_not_missed() -> None:
    assert costs(SENT, RECORDS, [], frozenset({BURBANK})) == NONE


def test_an_input_with_three_records_has_two_too_many() -> None:
    assert costs(SENT, (*RECORDS, block(11), malformed(11)), [went(10)]).duplicate_decisions == 2


def test_a_forward_that_went_twice_is_a_duplicate() -> None:
    assert costs(SENT, RECORDS, [went(10), went(10)]) == Costs(0, 0, 1)
