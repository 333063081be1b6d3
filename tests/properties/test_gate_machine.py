"""The gate of one partition as a machine of states: holds and duplicates, against a model of what was told.

Holds are opened, completed, withdrawn, run out, asked for again and resolved at most once; the same request
by the same sender is a repeat as long as it is remembered, and other content or another sender is another
request.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from streams.codecs.ledger_record import read_link
from streams.ledger.verify import verify
from streams.policy.digest import content_digest
from streams.policy.hold import Hold
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId, RecordKind, Verdict
from tests.gate.bench import Bench, incomplete, seal, signed, snapshot, withdrawal_of
from tests.properties.profile import machine

IDS = st.sampled_from(("r-1", "r-2", "r-3"))
PLATES = st.sampled_from(("8ABC123", "9XYZ987"))
REMEMBERED = 4
# Id, organisation, digest of the content, and whether an intake vouches for it.
Key = tuple[str, str, str, bool]


class Duplicates(RuleBasedStateMachine):
    """`decided` is the model: what each decision was about, in their order; repeats are none of them."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench(remembered=REMEMBERED)
        self.decided: list[tuple[Key, DecisionId]] = []

    @rule(request_id=IDS, plate=PLATES, times=st.integers(1, 3))
    def ask(self, request_id: str, plate: str, times: int) -> None:
        for _ in range(times):
            self.send(signed(request_id=request_id, selector={"plate": plate}))

    @rule(request_id=IDS, plate=PLATES)
    def ask_as_another_organisation(self, request_id: str, plate: str) -> None:
        sender = {"organisation": "Burbank CA PD"}
        self.send(signed(request_id=request_id, selector={"plate": plate}, requested_by=sender))

    @rule(request_id=IDS, plate=PLATES)
    def forge(self, request_id: str, plate: str) -> None:
        self.send(replace(signed(request_id=request_id, selector={"plate": plate}), intake_seal=None))
        assert self.bench.last.verdict is Verdict.BLOCK

    @rule()
    def take_over(self) -> None:
        self.bench.state = self.bench.rebuilt()

    def send(self, request: SharingRequest) -> None:
        key = (
            request.request_id,
            request.requested_by.organisation,
            content_digest(request),
            request.intake_seal is not None,
        )
        self.bench.send(request)
        record = self.bench.last
        same = [place for place, (other, _) in enumerate(self.decided) if other == key]
        if record.kind is RecordKind.REPEAT:
            assert record.follows == self.decided[same[-1]][1]
        else:
            # Fewer than are remembered have been decided since, so it could not be forgotten yet.
            assert not same or len(self.decided) - same[-1] > REMEMBERED
            self.decided.append((key, record.decision_id))

    @invariant()
    def each_release_has_its_decision(self) -> None:
        forwards = [record for record in self.bench.ledger if record.payload_digest is not None]
        assert len(self.bench.releases()) == len(forwards)
        assert all(record.kind is RecordKind.DECISION for record in forwards)


class Holds(RuleBasedStateMachine):
    """Requests without a reason, and what becomes of them."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.seen: list[Hold] = []

    @rule(request_id=IDS, plate=PLATES)
    def ask_without_a_reason(self, request_id: str, plate: str) -> None:
        self.bench.send(self.now(incomplete(request_id=request_id, selector={"plate": plate})))

    @rule(request_id=IDS, plate=PLATES, case_number=st.sampled_from(("24-1", "24-2")))
    def complete(self, request_id: str, plate: str, case_number: str) -> None:
        request = signed(request_id=request_id, selector={"plate": plate}, case_number=case_number)
        self.bench.send(self.now(request))

    @rule(which=st.integers(0, 99))
    def withdraw(self, which: int) -> None:
        self.seen += [hold for hold in self.bench.state.holds if hold not in self.seen]
        if not self.seen:
            return
        hold = self.seen[which % len(self.seen)]
        is_open = hold in set(self.bench.state.holds)
        before = len(self.bench.releases())
        self.bench.send(withdrawal_of(hold))
        assert len(self.bench.releases()) == before
        assert (self.bench.last.kind is RecordKind.RESOLUTION) is is_open
        assert self.bench.last.verdict is Verdict.BLOCK

    def now(self, request: SharingRequest) -> SharingRequest:
        return seal(replace(request, requested_at=self.bench.now))

    @rule(days=st.sampled_from((1, 13, 14, 15)))
    def let_time_pass(self, days: int) -> None:
        self.bench.advance(self.bench.now + timedelta(days=days))
        self.bench.send()

    @rule()
    def take_over(self) -> None:
        assert snapshot(self.bench.rebuilt()) == snapshot(self.bench.state)
        self.bench.state = self.bench.rebuilt()

    @invariant()
    def a_hold_is_resolved_once_at_most(self) -> None:
        follows = [r.follows for r in self.bench.ledger if r.kind is RecordKind.RESOLUTION]
        assert len(follows) == len(set(follows))
        own = [r for r in self.bench.ledger if r.kind is not RecordKind.REPEAT]
        held = {r.decision_id for r in own if r.verdict is Verdict.HOLD}
        open_now = {hold.decision.decision_id for hold in self.bench.state.holds}
        assert open_now == held - set(follows)

    @invariant()
    def none_is_open_beyond_its_deadline(self) -> None:
        assert all(hold.deadline > self.bench.now for hold in self.bench.state.holds)

    @invariant()
    def what_is_written_can_be_verified(self) -> None:
        values = [value for _, value in self.bench.rows(self.bench.topics.decisions.name)]
        assert verify(values, read_link).problem is None


TestDuplicates = machine(Duplicates)
TestHolds = machine(Holds)
