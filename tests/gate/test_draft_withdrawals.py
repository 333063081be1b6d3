"""Withdrawals: what becomes of the hold, and what changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from streams.codecs.ledger_record import read_link
from streams.ledger.verify import verify
from streams.policy.alert import Severity
from streams.policy.hold import Hold
from streams.policy.vocabulary import DecisionId, EntityId, ReasonCode, RecordKind, RequestId, Verdict
from streams.policy.withdrawal import Withdrawal
from streams.policy.withdrawals import withdrawal_digest
from tests.gate.bench import KEYRING, Bench, incomplete, kinds, signed, signed_review, snapshot, withdrawal_of
from tests.policy.building import NOW

SUSPICIOUS = {"reason_text": "ice detainer for a homicide suspect"}
DEADLINE = NOW + timedelta(days=14)
BURBANK = EntityId("burbank-pd")


def held(bench: Bench, **changes: Any) -> Hold:
    """Return the hold of a request that is held for its text."""
    bench.send(signed(**{**SUSPICIOUS, **changes}))
    hold = bench.state.holds.get(bench.last.decision_id)
    assert hold is not None
    return hold


def is_sound(bench: Bench) -> bool:
    """Tell whether the chain verifies, and a new owner reads from it what this one knows."""
    values = [value for _, value in bench.rows(bench.topics.decisions.name)]
    return verify(values, read_link).problem is None and snapshot(bench.rebuilt()) == snapshot(bench.state)


def test_whoever_asked_takes_it_back_and_is_told(bench: Bench) -> None:
    hold = held(bench)
    withdrawal = withdrawal_of(hold)
    bench.send(withdrawal)
    assert kinds(bench) == [("decision", "hold"), ("resolution", "block")]
    assert (bench.last.decision_id, bench.last.follows) == (hold.decision.decision_id,) * 2
    assert bench.last.leading_reason is ReasonCode.WITHDRAWN
    assert bench.last.request_digest == withdrawal_digest(withdrawal)
    answer = bench.answers[-1]
    assert (answer.kind, answer.verdict, answer.follows) == (
        RecordKind.RESOLUTION,
        Verdict.BLOCK,
        hold.decision.decision_id,
    )
    assert answer.authenticated_as == hold.request.authenticated_as
    assert len(bench.state.holds) == 0
    assert bench.releases() == []
    assert is_sound(bench)


def test_what_only_lacks_a_field_is_withdrawn_in_the_same_batch(bench: Bench) -> None:
    other = Bench()
    other.send(incomplete())
    (hold,) = other.state.holds
    bench.send(incomplete(), withdrawal_of(hold))
    assert kinds(bench) == [("decision", "hold"), ("resolution", "block")]
    # It is over: what completes it comes too late, and is a request of its own.
    bench.send(signed())
    assert kinds(bench)[-1] == ("decision", "forward")
    assert is_sound(bench)


def test_what_was_withdrawn_and_comes_again_is_a_repeat(bench: Bench) -> None:
    bench.send(withdrawal_of(held(bench)))
    bench.send(signed(**SUSPICIOUS))
    assert kinds(bench)[-1] == ("repeat", "block")
    assert bench.answers[-1].reasons[-1].code is ReasonCode.WITHDRAWN


@pytest.mark.parametrize(("days", "again"), [(43, "hold"), (44, "forward")])
def test_to_withdraw_shakes_off_no_hold(bench: Bench, days: int, again: str) -> None:
    bench.send(withdrawal_of(held(bench)))
    # As long as if it had been left to expire: its deadline, and thirty days.
    bench.advance(NOW + timedelta(days=days))
    bench.send(signed(request_id="r-2", requested_at=bench.now.isoformat()))
    assert kinds(bench)[-1] == ("decision", again)
    followed = bench.last.leading_reason is ReasonCode.FOLLOWS_HELD_REQUEST
    assert followed is (again == "hold")


def _unsealed(hold: Hold) -> Withdrawal:
    return replace(withdrawal_of(hold), intake_seal=None)


def _altered(hold: Hold) -> Withdrawal:
    return replace(withdrawal_of(hold, authenticated_as=BURBANK), authenticated_as=EntityId("pasadena-pd"))


def _with_an_unknown_key(hold: Hold) -> Withdrawal:
    sealed = withdrawal_of(hold)
    assert sealed.intake_seal is not None
    return replace(sealed, intake_seal=replace(sealed.intake_seal, key_id="no-such-key"))


@pytest.mark.parametrize(
    ("make", "code", "severity"),
    [
        (_unsealed, ReasonCode.REQUESTER_NOT_AUTHENTICATED, Severity.HIGH),
        (_altered, ReasonCode.REQUESTER_NOT_AUTHENTICATED, Severity.HIGH),
        (_with_an_unknown_key, ReasonCode.REQUESTER_NOT_AUTHENTICATED, Severity.HIGH),
        (lambda one: withdrawal_of(one, authenticated_as=BURBANK),
         ReasonCode.REQUESTER_MISMATCH, Severity.HIGH),
        (lambda one: withdrawal_of(one, decision_id=DecisionId("d")), ReasonCode.WITHDRAWAL_REFUSED, None),
        (lambda one: withdrawal_of(one, request_id=RequestId("r-9")), ReasonCode.WITHDRAWAL_REFUSED, None),
        # That of an earlier hold of the same content.
        (lambda one: withdrawal_of(one, deadline=DEADLINE - timedelta(microseconds=1)),
         ReasonCode.WITHDRAWAL_REFUSED, None),
    ],
)  # fmt: skip
def test_what_does_not_fit_changes_nothing_and_is_on_record(
    bench: Bench, make: Callable[[Hold], Withdrawal], code: ReasonCode, severity: Severity | None
) -> None:
    hold = held(bench)
    answers, alerts = len(bench.answers), len(bench.alerts)
    bench.send(make(hold))
    assert kinds(bench)[-1] == ("withdrawal", "block")
    assert bench.last.leading_reason is code
    assert list(bench.state.holds) == [hold]
    assert len(bench.answers) == answers
    assert [one.severity for one in bench.alerts[alerts:]] == ([severity] if severity else [])
    assert is_sound(bench)


@pytest.mark.parametrize("ending", ["approved", "denied", "expired", "withdrawn"])
def test_what_has_ended_is_not_withdrawn(bench: Bench, ending: str) -> None:
    hold = held(bench)
    if ending in {"approved", "denied"}:
        act, codes = ("approve", [ReasonCode.REASON_NEEDS_REVIEW]) if ending == "approved" else ("deny", [])
        bench.send(signed_review(bench.last, act, *codes))
    elif ending == "expired":
        bench.advance(DEADLINE)
        bench.send()
    else:
        bench.send(withdrawal_of(hold))
    verdict = bench.last.verdict
    bench.send(withdrawal_of(hold))
    assert bench.last.leading_reason is ReasonCode.WITHDRAWAL_REFUSED
    assert bench.last.follows is None
    # And the first outcome stands.
    bench.send(signed(**SUSPICIOUS))
    assert kinds(bench)[-1] == ("repeat", verdict.value)
    assert is_sound(bench)


def test_a_withdrawal_that_is_elsewhere_is_moved_to_its_partition() -> None:
    homes = {}
    for partition in range(2):
        bench = Bench(partition=partition, partitions=2)
        hold = Bench()
        bench.send(withdrawal_of(held(hold)))
        homes[partition] = kinds(bench)[-1][0]
    assert sorted(homes.values()) == ["rerouted", "withdrawal"]


def test_the_seal_of_a_request_is_none_of_a_withdrawal(bench: Bench) -> None:
    hold = held(bench)
    stolen = replace(withdrawal_of(hold), intake_seal=hold.request.intake_seal)
    assert hold.request.intake_seal is not None
    assert hold.request.intake_seal.key_id in KEYRING.intake_keys
    bench.send(stolen)
    assert bench.last.leading_reason is ReasonCode.REQUESTER_NOT_AUTHENTICATED
