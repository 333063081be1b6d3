"""Which searches of partners an agreement explains: one that was in force at that very moment."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.policy.partner_access import Ground, PartnerAccess, explained
from streams.policy.vocabulary import ReasonCode
from streams.rehearsal.plain_values import Plain
from tests.policy.building import NOW, in_force, some_books

PASADENA = "Pasadena CA PD"


def codes(access: PartnerAccess, changed: Plain | None = None) -> list[ReasonCode]:
    books = some_books(changed)
    ((_, reasons),) = explained([access], lambda _: Ground(books, in_force(books)))
    return [reason.code for reason in reasons]


def test_a_search_under_an_agreement_in_force_is_explained() -> None:
    assert codes(PartnerAccess(organisation=PASADENA, at=NOW)) == []
    assert codes(PartnerAccess(organisation=PASADENA, at=NOW, networks=("north", "south"))) == []


def test_another_network_a_stopped_agreement_a_stranger_and_a_federal_agency_are_not() -> None:
    elsewhere = PartnerAccess(organisation=PASADENA, at=NOW, networks=("north", "garage"))
    assert codes(elsewhere) == [ReasonCode.SCOPE_NOT_COVERED]
    ours = PartnerAccess(organisation=PASADENA, at=NOW)
    assert codes(ours, {"agreement": {"status": "revoked"}}) == [ReasonCode.AGREEMENT_REVOKED]
    assert codes(PartnerAccess(organisation="Nobody", at=NOW)) == [ReasonCode.RECIPIENT_UNRESOLVED]
    assert codes(PartnerAccess(organisation="FBI", at=NOW)) == [ReasonCode.RECIPIENT_FEDERAL]


def test_by_the_term_the_moment_of_the_search_counts_and_not_today() -> None:
    agreement = some_books().agreements_of(next(iter(some_books().agreements())).entity_id)[0]
    before = PartnerAccess(organisation=PASADENA, at=agreement.start - timedelta(seconds=1))
    assert ReasonCode.AGREEMENT_NOT_YET_IN_FORCE in codes(before)
    at_the_end = PartnerAccess(organisation=PASADENA, at=agreement.end)
    assert ReasonCode.AGREEMENT_EXPIRED in codes(at_the_end)


def test_the_agencys_own_searches_are_no_partners() -> None:
    books = some_books()
    own = [PartnerAccess(organisation="Los Angeles CA PD", at=NOW)]
    assert list(explained(own, lambda _: Ground(books, in_force(books)))) == []


def test_before_there_was_a_policy_nothing_was_agreed() -> None:
    ((_, reasons),) = explained([PartnerAccess(organisation=PASADENA, at=NOW)], lambda _: None)
    assert [reason.code for reason in reasons] == [ReasonCode.NO_AGREEMENT]


@given(st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))))  # noqa: DTZ001  # hypothesis adds the zone
def test_every_access_comes_out_once_and_moments_only_rise(moments: list[datetime]) -> None:
    asked: list[datetime] = []
    books = some_books()

    def ground_at(moment: datetime) -> Ground:
        asked.append(moment)
        return Ground(books, in_force(books))

    found = [
        one.access.at
        for one in explained([PartnerAccess(organisation="x", at=at) for at in moments], ground_at)
    ]
    assert found == asked == sorted(moments)
