from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.lint import lint
from streams.policy.lint.finding import Check, Level, unreadable
from streams.policy.vocabulary import AgreementId, Verdict
from tests.policy.agreed import AGREED, CHANGES, requests_within
from tests.policy.building import NOW, an_agreement, some_books
from tests.policy.live.sharing import live_agreement

MONTH = timedelta(days=30)
WHOLE = {
    "need_evaluation": {"by": "custodian", "at": "2026-01-01T00:00:00Z", "text": "joint cases"},
    "contract_digest": "sha256:00",
    "counterparty_signatory": "chief of police",
}
GOLDEN = Path(__file__).parent / "findings.txt"
LATER = "2030-01-01T08:00:00Z"


def books_with(*agreements: dict[str, Any]) -> Books:
    """Return the base books whose agreements are only these, each complete but for its changes."""
    books = some_books({"agreement": {**WHOLE, "status": "revoked", "agreement_id": "history"}})
    for changes in agreements:
        books.put_agreement(an_agreement(**{**WHOLE, **changes}))
    return books


def told(books: Books, used: frozenset[AgreementId] | None = None) -> set[tuple[str, str, str]]:
    return {(one.level, one.check, one.field) for one in lint(books, NOW, MONTH, used)}


def test_of_an_agreement_that_has_all_it_needs_there_is_nothing_to_say() -> None:
    assert told(books_with({}), frozenset({AgreementId("mou-24-017")})) == set()


WRONG: list[tuple[dict[str, Any], tuple[str, str, str]]] = [
    ({"entity_id": "fbi"}, ("error", "unlawful", "entity_id")),
    ({"purposes": ["immigration_enforcement", "administrative"]}, ("error", "unlawful", "entity_id")),
    ({"entity_id": "nobody"}, ("error", "entity_unknown", "entity_id")),
    ({"entity_id": "chp"}, ("warning", "grants_nothing", "entity_id")),
    ({"purposes": ["civil"]}, ("warning", "grants_nothing", "purposes")),
    ({"need_evaluation": None}, ("error", "evidence_missing", "need_evaluation")),
    ({"contract_reviewed": None}, ("error", "evidence_missing", "contract_reviewed")),
    ({"clause_reference": " "}, ("error", "evidence_missing", "clause_reference")),
    ({"signed_by": [" "]}, ("error", "evidence_missing", "signed_by")),
    ({"counterparty_signatory": None}, ("warning", "evidence_missing", "counterparty_signatory")),
    ({"contract_digest": " "}, ("warning", "evidence_missing", "contract_digest")),
    (
        {"contract_reviewed": {"due": "2026-05-01T19:00:00Z"}},
        ("error", "review_overdue", "contract_reviewed.due"),
    ),
    (
        {"contract_reviewed": {"due": "2026-05-31T19:00:00Z"}},
        ("warning", "review_due", "contract_reviewed.due"),
    ),
    (
        {"contract_reviewed": {"at": "2026-05-02T00:00:00Z"}},
        ("error", "review_overdue", "contract_reviewed.at"),
    ),
    ({"end": "2026-05-31T19:00:00Z"}, ("warning", "expiring", "end")),
    ({"end": "2026-05-01T19:00:00Z"}, ("warning", "ended", "end")),
    (
        {"obligations": [{"kind": "destroy", "text": "x", "due": "2026-04-30"}]},
        ("error", "obligation_overdue", "obligations[0]"),
    ),
    (
        # On its last day the recipient is in time.
        {"obligations": [{"kind": "destroy", "text": "x", "due": "2026-05-01"}]},
        ("warning", "obligation_due", "obligations[0]"),
    ),
]


@pytest.mark.parametrize(("changes", "finding"), WRONG)
def test_what_is_wrong_with_an_agreement_is_one_finding(
    changes: dict[str, Any], finding: tuple[str, str, str]
) -> None:
    assert finding in told(books_with(changes))


def wording() -> str:
    """Return what is told of each of them, and of an agreement that no decision names."""
    lines: list[str] = []
    for changes in ({}, *(changes for changes, _ in WRONG)):
        lines.append(f"# {changes}")
        found = lint(books_with(changes), NOW, MONTH, frozenset())
        lines += [
            f"{one.level} {one.agreement_id} {one.check} | {one.field} | {one.message}" for one in found
        ]
    return "\n".join(lines) + "\n"


def test_every_finding_is_told_in_these_words() -> None:
    """Who changes a message on purpose writes the file anew: `python -m tests.policy.test_lint`."""
    assert wording() == GOLDEN.read_text(encoding="utf-8")


MET = {"kind": "destroy", "due": "2026-05-01", "by": "a", "at": "2026-05-01T18:00:00Z", "reference": "b"}


@pytest.mark.parametrize(
    "changes",
    [
        {"contract_reviewed": {"due": "2026-05-31T19:00:01Z"}},
        {"end": "2026-05-31T19:00:01Z"},
        {"obligations": [{"kind": "destroy", "text": "x", "due": "2026-05-31"}]},
        {"obligations": [{"kind": "destroy", "text": "x"}]},
        {
            "obligations": [{"kind": "destroy", "text": "x", "due": "2026-05-01"}],
            "fulfilments": [MET],
        },
        {"status": "revoked", "need_evaluation": None, "end": "2026-01-01T00:00:00Z"},
    ],
)
def test_what_is_in_time_or_long_over_is_not_told(changes: dict[str, Any]) -> None:
    assert told(books_with(changes)) == set()


def test_days_are_told_in_the_zone_of_the_agreement() -> None:
    # Five in the afternoon of the day before, in Los Angeles.
    books = books_with({"contract_reviewed": {"due": "2026-05-20T00:00:00Z"}})
    assert [one.message for one in lint(books, NOW, MONTH)] == ["its review is due on 2026-05-19"]


def test_under_what_is_not_active_everything_is_a_warning() -> None:
    for status in ("draft", "proposed", "suspended"):
        found = told(books_with({"status": status, "entity_id": "fbi", "clause_text": ""}))
        assert ("warning", "unlawful", "entity_id") in found
        assert ("warning", "evidence_missing", "clause_text") in found
        assert {level for level, _, _ in found} == {"warning"}


def test_a_draft_without_its_clause_is_incomplete_and_not_unlawful() -> None:
    found = told(books_with({"status": "draft", "clause_text": ""}))
    assert Check.UNLAWFUL not in {check for _, check, _ in found}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"live_terms": None}, "live_terms"),
        ({"scopes": ["search"]}, "scopes"),
        ({"live_terms": {"purpose": "civil"}}, "purpose_code"),
        ({"live_terms": {"time_coarseness": "P1M"}}, "live_terms.time_coarseness"),
    ],
)
def test_a_live_feed_that_sends_nothing_is_told(changes: dict[str, Any], field: str) -> None:
    assert told(books_with(live_agreement())) == set()
    assert told(books_with(live_agreement(**changes))) == {("warning", "live_feed_idle", field)}
    assert told(books_with(live_agreement(**changes, live_feed=False))) <= {
        ("warning", "grants_nothing", "purposes")
    }


def test_another_live_share_is_something_that_an_agreement_adds() -> None:
    system = {"receiving_system": "another"}
    twin = {"agreement_id": "twin", **live_agreement(live_terms=system)}
    assert set(pairs(books_with(live_agreement(), twin)).values()) == {Check.OVERLAPPING}


def test_an_agreement_that_no_decision_names_is_told_only_where_there_is_a_ledger() -> None:
    never = ("warning", "never_used", "agreement_id")
    assert never in told(books_with({}), frozenset())
    assert never not in told(books_with({}), None)
    assert told(books_with({"start": LATER, "end": "2031-01-01T00:00:00Z"}), frozenset()) == set()


def pairs(books: Books) -> dict[str, str]:
    return {
        one.agreement_id: one.check
        for one in lint(books, NOW, MONTH)
        if one.check in {Check.SHADOWED, Check.OVERLAPPING}
    }


NARROW = {"agreement_id": "narrow", "data_types": ["plate_read"], "scopes": ["search"], "networks": ["north"]}


def test_an_agreement_that_adds_nothing_to_another_is_shadowed() -> None:
    assert pairs(books_with({}, NARROW)) == {"narrow": Check.SHADOWED}


def test_of_two_that_cover_the_same_one_is_needless() -> None:
    assert list(pairs(books_with({}, {"agreement_id": "twin"})).values()) == [Check.SHADOWED]


@pytest.mark.parametrize(
    "changes",
    [
        {"data_types": ["plate_read", "image"]},
        {"scopes": ["search", "analytics"]},
        {"networks": ["north", "west"]},
        {"networks": ["*"]},
        {"purposes": ["criminal_investigation", "civil"]},
        {"fields": ["plate", "latitude"]},
        {"max_record_age": "P2Y"},
        {"live_feed": True},
        {"start": "2024-12-31T08:00:00Z", "contract_reviewed": {"at": "2025-12-31T00:00:00Z"}},
        {"contract_reviewed": {"due": "2026-12-02T00:00:00Z"}},
    ],
)
def test_an_agreement_that_adds_something_only_overlaps(changes: dict[str, Any]) -> None:
    found = pairs(books_with({}, {**NARROW, **changes}))
    assert list(found.values()) == [Check.OVERLAPPING]


@pytest.mark.parametrize(
    "changes",
    [
        {"data_types": ["image"]},
        {"scopes": ["analytics"]},
        {"networks": ["west"]},
        {"purposes": ["civil"]},
        {"start": "2027-01-01T08:00:00Z", "end": LATER},
        {"entity_id": "burbank-pd"},
        {"status": "suspended"},
    ],
)
def test_agreements_that_no_request_fits_both_do_not_overlap(changes: dict[str, Any]) -> None:
    assert pairs(books_with({}, {**NARROW, **changes})) == {}


def test_a_unit_whose_own_agreement_adds_nothing_to_its_parents_is_told() -> None:
    own = {**NARROW, "entity_id": "lasd-san-dimas"}
    assert pairs(books_with({"entity_id": "lasd"}, own)) == {"narrow": Check.SHADOWED}
    # The parent's serves others too, so it is not for a unit's wider one to make it needless.
    wide = {"agreement_id": "wide", "entity_id": "lasd-san-dimas", "networks": ["*"]}
    assert pairs(books_with({"entity_id": "lasd"}, wide)) == {"wide": Check.OVERLAPPING}


def test_errors_come_first() -> None:
    found = lint(books_with({"end": "2026-05-02T00:00:00Z", "need_evaluation": None}), NOW, MONTH)
    assert [one.level for one in found] == [Level.ERROR, Level.WARNING]


def test_what_cannot_be_read_is_an_error() -> None:
    found = unreadable(AgreementId("a"), "other bytes")
    assert (found.level, found.version) == (Level.ERROR, None)


@settings(max_examples=150)
@given(first=AGREED, changes=CHANGES)
def test_nothing_is_lost_without_an_agreement_that_is_shadowed(
    first: dict[str, Any], changes: dict[str, Any]
) -> None:
    both = books_with({**first, "agreement_id": "a"}, {**first, **changes, "agreement_id": "b"})
    fewer = both.copy()
    for one, check in pairs(both).items():
        if check is Check.SHADOWED:
            fewer.drop(f"agreement/{one}")
    policy = both.policy()
    assert policy is not None
    for request, now in requests_within(first):
        if decide(request, both, policy, now).verdict is Verdict.FORWARD:
            assert decide(request, fewer, policy, now).verdict is Verdict.FORWARD


if __name__ == "__main__":
    GOLDEN.write_text(wording(), encoding="utf-8")
