"""An agreement through its life, as a machine of states: nothing is forwarded under one that is not in force.

Rules move the books as a custodian can, by plans over the index, and past the custodian, as whoever can write
to the topic could; after each of them the same request is decided, and the model says whether it may go.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streams.books.entries import BookRecord, Entry, Unreadable, key_of
from streams.books.index import BooksIndex
from streams.books.plan import Planner, planned_agreements, planned_revocation
from streams.books.signed_history import UnsignedHistory
from streams.errors import InputError, UnlawfulChangeError
from streams.policy.agreement import Agreement
from streams.policy.decide import decide
from streams.policy.vocabulary import AgreementStatus, Verdict
from tests.policy.building import NOW, a_policy, a_request, an_agreement, an_entity, in_force
from tests.properties.profile import machine

RECIPIENT = an_entity(entity_id="pasadena-pd", name="Pasadena CA PD")
OWN = an_entity(entity_id="lapd", name="Los Angeles CA PD")
BASE = an_agreement()
STATUSES = st.sampled_from(tuple(AgreementStatus))
# Around the moment of the decisions, to the microsecond, and far from it.
TIMES = st.sampled_from(
    (*(timedelta(microseconds=micros) for micros in (-1, 0, 1)), timedelta(days=-400), timedelta(days=400))
)


class AgreementLife(RuleBasedStateMachine):
    """`on_books` is the model: the agreement that the books must show, None where they cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.index = BooksIndex(UnsignedHistory())
        self.offset = 0
        self.now = NOW
        self.on_books: Agreement | None = None
        self.highest = 0
        for entry in (a_policy(), RECIPIENT, OWN):
            self.write(entry)

    def write(self, entry: Entry | Unreadable) -> None:
        key = key_of(BASE) if isinstance(entry, Unreadable) else key_of(entry)
        self.index.apply([BookRecord(offset=self.offset, key=key, value=entry)], self.offset + 1)
        self.offset += 1

    def change(self, planner: Planner) -> bool:
        """Carry out what a custodian may change; False where it is refused."""
        try:
            plan = planner(self.index, self.now)
        except (InputError, UnlawfulChangeError):
            return False
        for change in plan.changes:
            self.write(change.after)
        return True

    @initialize(status=STATUSES)
    def sign(self, status: AgreementStatus) -> None:
        first = replace(BASE, version=1, status=status)
        assert self.change(planned_agreements([first]))
        self.on_books, self.highest = first, 1

    @rule(status=STATUSES, step=st.integers(-2, 3))
    def give_another_version(self, status: AgreementStatus, step: int) -> None:
        version = self.highest + step
        new = replace(BASE, version=version, status=status)
        changed = self.change(planned_agreements([new]))
        # An old file that is applied again takes nothing back.
        known = self.on_books
        assert changed is (known is None or version > known.version or new == known), version
        if changed:
            self.on_books, self.highest = new, max(self.highest, version)

    @rule(start=TIMES, end=TIMES)
    def give_another_term(self, start: timedelta, end: timedelta) -> None:
        new = replace(BASE, version=self.highest + 1, start=self.now + start, end=self.now + end)
        if self.change(planned_agreements([new])):
            self.on_books, self.highest = new, new.version

    @rule()
    def revoke(self) -> None:
        if self.change(planned_revocation(BASE.agreement_id)):
            assert self.on_books is not None
            self.highest += self.on_books.status is not AgreementStatus.REVOKED
            self.on_books = replace(self.on_books, status=AgreementStatus.REVOKED, version=self.highest)

    @rule()
    def spoil_the_value(self) -> None:
        self.write(Unreadable(why="no agreement"))
        self.on_books = None

    @rule(status=STATUSES)
    def write_past_the_custodian(self, status: AgreementStatus) -> None:
        # The topic's last record counts, whoever wrote it.
        new = replace(BASE, version=self.highest + 1, status=status)
        self.write(new)
        self.on_books, self.highest = new, new.version

    @rule(step=st.sampled_from((timedelta(microseconds=1), timedelta(days=30), timedelta(days=365))))
    def let_time_pass(self, step: timedelta) -> None:
        self.now += step

    @invariant()
    def only_what_is_in_force_forwards(self) -> None:
        for asked in (self.now, self.now - timedelta(minutes=1)):
            decision = decide(
                a_request(requested_at=asked, selector=_window(asked)),
                self.index.books,
                in_force(self.index.books),
                self.now,
            )
            covered = _in_force(self.on_books, asked) and _in_force(self.on_books, self.now)
            if decision.verdict is Verdict.FORWARD:
                assert covered
                assert self.on_books is not None
                assert decision.agreement_version == self.on_books.version
                assert decision.books_revision == self.index.revision
            # And the machine is no machine that never forwards.
            elif covered and self.now - NOW < timedelta(days=1):
                raise AssertionError(decision.reasons)

    @invariant()
    def the_books_show_the_latest_version(self) -> None:
        assert self.index.books.agreement(BASE.agreement_id) == self.on_books


def _window(asked: datetime) -> dict[str, str]:
    return {"window_from": (asked - timedelta(days=3)).isoformat(), "window_to": asked.isoformat()}


def _in_force(agreement: Agreement | None, moment: datetime) -> bool:
    if agreement is None or agreement.status is not AgreementStatus.ACTIVE:
        return False
    return agreement.start <= moment < agreement.end


TestAgreementLife = machine(AgreementLife)
