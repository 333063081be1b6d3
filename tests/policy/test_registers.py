"""The user book and the register of processors: who stands in them, and what lint says of whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from streams.policy.agreement import ContractReview
from streams.policy.books import Books
from streams.policy.comparison import Side, compared
from streams.policy.entity import Entity
from streams.policy.floor import counterexample
from streams.policy.lint.finding import Level
from streams.policy.lint.processors import lint_processors
from streams.policy.lint.register_finding import RegisterCheck, RegisterFinding
from streams.policy.lint.users import lint_users
from streams.policy.processor import Processor
from streams.policy.user import Authorisation, Lack, User, lacks_of, reorientation_due, user_name
from streams.policy.vocabulary import (
    EntityClass,
    EntityId,
    EntityStatus,
    ProcessorId,
    ProcessorStatus,
    ReasonCode,
    UserId,
    UserStatus,
)
from tests.books.samples import NOW, agreement, entity, policy, processor, user
from tests.policy.building import in_force, some_books

LAPD = policy().agency.entity_id
MOMENT, DAY = timedelta(microseconds=1), timedelta(days=1)
HORIZON = 60 * DAY
LAST_SEEN = datetime(2026, 11, 1, tzinfo=UTC)


def told(findings: tuple[RegisterFinding, ...]) -> list[tuple[Level, str, str, str]]:
    return [(one.level, one.check.value, one.name, one.field) for one in findings]


def books_with(*processors: Processor, known: Entity | None = None) -> Books:
    books = Books()
    books.put_entity(known or entity("cloud-host"))
    for one in processors:
        books.put_processor(one)
    return books


class TestUsers:
    def test_a_name_is_of_entity_and_id_as_they_are_compared(self) -> None:
        assert user_name(LAPD, "N41733") == "cdaa0824f4036a60be0353a5a8b7908a"
        assert user_name(LAPD, " N41733\u00a0") == user_name(LAPD, "N41733")
        others = {user_name(LAPD, "n41733"), user_name(EntityId("x"), "N41733"), user_name(LAPD, "N41734")}
        assert len(others | {user_name(LAPD, "N41733")}) == 4

    def test_the_latest_value_counts_and_one_that_cannot_be_read_is_nobody(self) -> None:
        books = Books()
        books.put_user(user())
        twin = books.copy()
        books.put_user(user(status=UserStatus.SUSPENDED))
        assert books.user(LAPD, "N41733") == user(status=UserStatus.SUSPENDED)
        assert twin.user(LAPD, "N41733") == user()
        books.drop(f"user/{user_name(LAPD, 'N41733')}")
        books.drop("user/never-seen")
        assert books.user(LAPD, "N41733") is None
        assert books.users.all() == ()
        assert [one.user_id for one in twin.users] == ["N41733"]

    def test_a_blank_id_is_nobodys_though_one_stood_in_the_book(self) -> None:
        books = Books()
        books.put_user(user(" "))
        assert books.user(LAPD, " ") is None
        assert books.user(LAPD, "") is None

    def test_users_are_told_by_entity_and_id(self) -> None:
        books = Books()
        elsewhere = replace(user("a"), entity_id=EntityId("z"))
        for one in (elsewhere, user("b"), user("a")):
            books.put_user(one)
        assert books.users.all() == (user("a"), user("b"), elsewhere)

    def test_a_year_is_one_of_the_calendar_of_the_agency(self) -> None:
        leap = replace(user(), last_active_at=datetime(2024, 2, 29, 20, tzinfo=UTC))
        assert reorientation_due(leap, NOW) == datetime(2025, 2, 28, 20, tzinfo=UTC)
        seen = replace(user(), last_active_at=datetime(2025, 11, 1, 7, tzinfo=UTC))
        assert reorientation_due(seen, NOW) == datetime(2026, 11, 1, 7, tzinfo=UTC)

    def test_the_later_of_activity_and_orientation_counts(self) -> None:
        both = replace(user(), reoriented_at=LAST_SEEN + DAY)
        # The clock goes back on the first of November in 2026, and on the seventh in 2027.
        assert reorientation_due(both, NOW) == datetime(2027, 11, 1, 23, tzinfo=UTC)
        assert reorientation_due(replace(both, last_active_at=LAST_SEEN + 2 * DAY), NOW) == (
            datetime(2027, 11, 2, 23, tzinfo=UTC)
        )
        assert reorientation_due(replace(both, reoriented_at=NOW + MOMENT), NOW) == (
            datetime(2027, 11, 1, 0, tzinfo=UTC)
        )
        assert reorientation_due(replace(user(), last_active_at=None), NOW) is None

    def test_nobody_lacks_what_they_have(self) -> None:
        assert lacks_of(user(), NOW) == ()
        assert lacks_of(None, NOW) == (Lack.UNKNOWN,)

    def test_another_entitys_user_is_not_taken_for_the_agencys(self) -> None:
        books = some_books({"users": [{"user_id": "jdoe", "entity_id": "pasadena-pd"}]})
        assert books.user(EntityId("pasadena-pd"), "jdoe") is not None
        assert books.user(EntityId("lapd"), "jdoe") is not None
        assert books.user(EntityId("burbank-pd"), "jdoe") is None


class TestLintOfUsers:
    def test_a_user_in_order_is_not_told_of(self) -> None:
        assert lint_users([user()], NOW, HORIZON) == ()

    def test_everything_that_is_lacking_is_an_error_of_its_own(self) -> None:
        bare = replace(user(), authorised=None, trained_at=None, last_active_at=None)
        assert told(lint_users([bare], NOW, HORIZON)) == [
            (Level.ERROR, "not_authorised", "N41733", "authorised"),
            (Level.ERROR, "not_trained", "N41733", "trained_at"),
            (Level.ERROR, "reorientation_overdue", "N41733", "last_active_at"),
        ]

    def test_who_is_suspended_may_lack_anything(self) -> None:
        suspended = replace(user(status=UserStatus.SUSPENDED), authorised=None, trained_at=None)
        assert lint_users([suspended], NOW, HORIZON) == ()

    def test_a_reorientation_is_told_as_far_ahead_as_asked(self) -> None:
        due = datetime(2027, 11, 1, 0, tzinfo=UTC)
        assert told(lint_users([user()], due - HORIZON, HORIZON)) == [
            (Level.WARNING, "reorientation_due", "N41733", "last_active_at")
        ]
        assert lint_users([user()], due - HORIZON - MOMENT, HORIZON) == ()

    def test_at_its_day_it_is_overdue_and_no_more_due(self) -> None:
        (found,) = lint_users([user()], datetime(2027, 11, 1, 0, tzinfo=UTC), HORIZON)
        assert (found.check, found.message) == (
            RegisterCheck.REORIENTATION_OVERDUE,
            "neither active nor reoriented within a year, so pushes are blocked",
        )

    def test_the_end_of_an_authorisation_is_told(self) -> None:
        given = Authorisation(by="lt. supervisor", at=LAST_SEEN, until=NOW + HORIZON)
        ending = replace(user(), authorised=given)
        (found,) = lint_users([ending], NOW, HORIZON)
        assert (found.level, found.check) == (Level.WARNING, RegisterCheck.AUTHORISATION_ENDING)
        assert found.message == "the authorisation ends on 2027-01-22"
        assert lint_users([ending], NOW, HORIZON - MOMENT) == ()
        later = replace(ending, authorised=replace(given, until=NOW))
        assert [one.check for one in lint_users([later], NOW, HORIZON)] == [RegisterCheck.NOT_AUTHORISED]

    def test_errors_come_first_and_then_names(self) -> None:
        soon = replace(user("a"), last_active_at=NOW - 364 * DAY)
        bare = [replace(user(name), trained_at=None) for name in ("c", "b")]
        found = lint_users([soon, *bare], NOW, HORIZON)
        assert [(one.level.value, one.name) for one in found] == [
            ("error", "b"),
            ("error", "c"),
            ("warning", "a"),
        ]


class TestProcessors:
    def test_an_id_that_was_ever_a_processors_bars_for_good(self) -> None:
        books = books_with(processor())
        assert books.is_processor(EntityId("cloud-host"))
        assert books.processors.get(ProcessorId("cloud-host")) == processor()
        ended = books.copy()
        ended.put_processor(replace(processor(), status=ProcessorStatus.ENDED))
        dropped = ended.copy()
        dropped.drop("processor/cloud-host")
        for each in (books, ended, dropped, dropped.copy()):
            standing = each.standing(EntityId("cloud-host"))
            assert standing is not None
            assert standing.bars == (ReasonCode.RECIPIENT_PRIVATE,)
        assert dropped.processors.get(ProcessorId("cloud-host")) is None
        assert not books.is_processor(EntityId("burbank"))

    def test_one_that_was_never_read_bars_too(self) -> None:
        books = books_with()
        assert books.standing(EntityId("cloud-host")) is not None
        books.drop("processor/cloud-host")
        standing = books.standing(EntityId("cloud-host"))
        assert standing is not None
        assert standing.bars

    def test_what_bars_already_is_not_told_twice(self) -> None:
        company = replace(entity("cloud-host"), entity_class=EntityClass.HOSTING_PROCESSOR)
        standing = books_with(processor(), known=company).standing(EntityId("cloud-host"))
        assert standing is not None
        assert standing.bars == (ReasonCode.RECIPIENT_PRIVATE,)
        gone = replace(entity("cloud-host"), status=EntityStatus.INACTIVE)
        standing = books_with(processor(), known=gone).standing(EntityId("cloud-host"))
        assert standing is not None
        assert standing.bars == (ReasonCode.RECIPIENT_UNRESOLVED, ReasonCode.RECIPIENT_PRIVATE)

    def test_a_body_of_which_it_is_a_member_cannot_receive(self) -> None:
        body = replace(entity("body"), entity_class=EntityClass.TASK_FORCE, members=(EntityId("cloud-host"),))
        books = books_with()
        books.put_entity(body)
        free = books.standing(EntityId("body"))
        assert free is not None
        assert free.bars == ()
        books.put_processor(processor())
        barred = books.standing(EntityId("body"))
        assert barred is not None
        assert barred.bars == (ReasonCode.RECIPIENT_INELIGIBLE_MEMBER,)

    def test_an_agreement_with_one_is_refused_when_it_is_made(self) -> None:
        wanted = agreement(entity_id="cloud-host")
        assert counterexample(books_with(), wanted, NOW) is None
        breach = counterexample(books_with(processor()), wanted, NOW)
        assert breach is not None
        assert "RECIPIENT_PRIVATE" in breach
        assert counterexample(books_with(), processor(), NOW) is None
        assert counterexample(books_with(), user(), NOW) is None

    def test_two_books_that_differ_in_a_register_are_compared_as_a_whole(self) -> None:
        before = some_books()
        for change in (
            {"users": [{"user_id": "jdoe", "status": "suspended"}]},
            {"processors": [{"processor_id": "pasadena-pd", "name": "x", "kind": "towing", "status": "active",
                             "purpose": "x", "holds": []}]},
        ):  # fmt: skip
            after = some_books(change)
            sides = [Side(each, in_force(each)) for each in (before, after)]
            assert compared(*sides).touched is None


class TestLintOfProcessors:
    def lint(self, one: Processor, known: Entity | None = None) -> tuple[RegisterFinding, ...]:
        books = Books()
        books.put_processor(one)
        if known is not None:
            books.put_entity(known)
            books.put_agreement(agreement(entity_id=known.entity_id))
        return lint_processors(books, NOW, HORIZON)

    def test_a_processor_in_order_is_not_told_of(self) -> None:
        assert self.lint(processor()) == ()
        assert self.lint(processor(), entity()) == ()

    @pytest.mark.parametrize(
        ("field", "value", "level", "check"),
        [
            ("contract_reference", None, Level.ERROR, RegisterCheck.CONTRACT_MISSING),
            ("contract_reference", " ", Level.ERROR, RegisterCheck.CONTRACT_MISSING),
            ("contract_digest", None, Level.WARNING, RegisterCheck.CONTRACT_MISSING),
            ("clause_reference", "\u00a0", Level.ERROR, RegisterCheck.CLAUSE_MISSING),
            ("clause_reviewed", None, Level.ERROR, RegisterCheck.REVIEW_MISSING),
        ],
    )
    def test_what_a_contract_lacks(
        self, field: str, value: object, level: Level, check: RegisterCheck
    ) -> None:
        lacking = replace(processor(), **{field: value})  # type: ignore[arg-type]  # of the same field
        assert told(self.lint(lacking)) == [(level, check.value, "cloud-host", field)]
        ended = replace(lacking, status=ProcessorStatus.ENDED)
        assert self.lint(ended) == ()
        assert self.lint(replace(lacking, status=ProcessorStatus.UNKNOWN)) != ()

    @pytest.mark.parametrize(
        ("by", "at", "due", "expected"),
        [
            (" ", NOW, NOW + 99 * DAY, [("error", "review_missing", "no review of the clause is on record")]),
            ("c", NOW, NOW + HORIZON + MOMENT, []),
            ("c", NOW, NOW + HORIZON, [("warning", "review_due", "its review is due on 2027-01-22")]),
            ("c", NOW, NOW + MOMENT, [("warning", "review_due", "its review is due on 2026-11-23")]),
            ("c", LAST_SEEN, NOW, [("error", "review_overdue", "its review was due on 2026-11-23")]),
            (
                "c",
                NOW + MOMENT,
                NOW + 99 * DAY,
                [("error", "review_missing", "its review is dated 2026-11-23, which is still to come")],
            ),
        ],
    )
    def test_a_review(
        self, by: str, at: datetime, due: datetime, expected: list[tuple[str, str, str]]
    ) -> None:
        found = self.lint(replace(processor(), clause_reviewed=ContractReview(by=by, at=at, due=due)))
        assert [(one.level.value, one.check.value, one.message) for one in found] == expected

    def test_a_recipient_with_an_agreement_of_the_same_id_or_name(self) -> None:
        ended = replace(processor(), status=ProcessorStatus.ENDED)
        (found,) = self.lint(ended, entity("cloud-host"))
        assert (found.level, found.check, found.field) == (
            Level.ERROR,
            RegisterCheck.ALSO_RECIPIENT,
            "processor_id",
        )
        namesake = replace(entity(), aliases=("Cloud Host Inc",))
        (found,) = self.lint(processor(), namesake)
        assert (found.check, found.field) == (RegisterCheck.ALSO_RECIPIENT, "name")
        assert "`burbank` has its name and an agreement" in found.message

    def test_a_namesake_without_an_agreement_is_no_recipient(self) -> None:
        books = books_with(processor(), known=replace(entity(), aliases=("Cloud Host Inc",)))
        assert lint_processors(books, NOW, HORIZON) == ()

    def test_they_are_told_by_id(self) -> None:
        books = Books()
        for name in ("b", "a"):
            books.put_processor(replace(processor(name), contract_reference=None))
        assert [one.name for one in lint_processors(books, NOW, HORIZON)] == ["a", "b"]
        assert [one.processor_id for one in books.processors.all()] == ["a", "b"]


def test_a_user_is_not_authorised_by_themself() -> None:
    for by in ("N41733", "n 41733".replace(" ", ""), "\u200bN41733", "", " "):
        own: User = replace(user(), authorised=Authorisation(by=by, at=LAST_SEEN))
        assert lacks_of(own, NOW) == (Lack.NOT_AUTHORISED,)
    assert UserId("N41733") == user().user_id


def test_every_finding_is_told_in_these_words() -> None:
    books = Books()
    night = datetime(2026, 11, 23, 3, tzinfo=UTC)  # still the day before in Los Angeles
    for known in (entity("twin"), replace(entity("other"), aliases=("Namesake",))):
        books.put_entity(known)
        books.put_agreement(agreement(f"with-{known.entity_id}", entity_id=known.entity_id))
    whole = processor().clause_reviewed
    assert whole is not None
    for one in (
        replace(processor("twin"), name="Twin"),
        replace(processor("named"), name="Namesake"),
        replace(processor("bare"), contract_reference=None, contract_digest=None, clause_reference=None),
        replace(processor("late"), clause_reviewed=replace(whole, due=night)),
        replace(processor("soon"), clause_reviewed=replace(whole, due=night + DAY)),
        replace(processor("early"), clause_reviewed=replace(whole, at=night + DAY)),
        replace(processor("never"), clause_reviewed=None),
    ):
        books.put_processor(one)
    lines = [
        f"{one.level}: {one.name}: {one.check}: {one.message} [{one.field}]"
        for one in lint_processors(books, NOW, HORIZON)
    ]
    assert lines == [
        (
            "error: bare: clause_missing: no clause against using or passing on what it holds is on record "
            "[clause_reference]"
        ),
        "error: bare: contract_missing: no contract is on record [contract_reference]",
        (
            "error: early: review_missing: its review is dated 2026-11-23, which is still to come "
            "[clause_reviewed.at]"
        ),
        "error: late: review_overdue: its review was due on 2026-11-22 [clause_reviewed.due]",
        (
            "error: named: also_recipient: entity `other` has its name and an agreement: "
            "is it a recipient after all? [name]"
        ),
        "error: never: review_missing: no review of the clause is on record [clause_reviewed]",
        (
            "error: twin: also_recipient: it is an entity with an agreement as well, and the gate forwards "
            "nothing to it [processor_id]"
        ),
        "warning: bare: contract_missing: no digest ties it to the contract on paper [contract_digest]",
        "warning: soon: review_due: its review is due on 2026-11-23 [clause_reviewed.due]",
    ]
    given = Authorisation(by="lt. supervisor", at=LAST_SEEN, until=night + DAY)
    soon = replace(user("a"), authorised=given, last_active_at=night.replace(year=2025) + DAY)
    lines = [
        f"{one.level}: {one.name}: {one.check}: {one.message} [{one.field}]"
        for one in lint_users([soon, replace(user("b"), authorised=None, trained_at=None)], NOW, HORIZON)
    ]
    assert lines == [
        (
            "error: b: not_authorised: without a written authorisation in force, so pushes are blocked "
            "[authorised]"
        ),
        "error: b: not_trained: untrained, so pushes are blocked [trained_at]",
        "warning: a: authorisation_ending: the authorisation ends on 2026-11-23 [authorised.until]",
        (
            "warning: a: reorientation_due: due for reorientation on 2026-11-23, unless active before "
            "[last_active_at]"
        ),
    ]
