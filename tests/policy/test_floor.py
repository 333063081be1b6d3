from dataclasses import replace
from typing import Any

import pytest

from streams.policy.books import Books
from streams.policy.floor import Change, counterexample
from tests.policy.building import NOW, a_policy, an_agreement, an_entity, some_books

NEW_EVIDENCE = {"source": "charter", "verified_by": "counsel", "verified_at": "2026-04-01T00:00:00Z"}
EXTENSION = {
    "class": "chp",
    "start": "2026-01-01T00:00:00Z",
    "end": "2027-01-01T00:00:00Z",
    "authority": "Chief",
    "reference": "SO 31-A",
    "approved_by": ["a", "b"],
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entity_id": "fbi"}, "RECIPIENT_FEDERAL"),
        ({"entity_id": "stanford"}, "RECIPIENT_PRIVATE"),
        ({"entity_id": "antioch-il-pd"}, "RECIPIENT_OUT_OF_STATE"),
        ({"entity_id": "ncric"}, "RECIPIENT_NOT_PUBLIC_AGENCY"),
        ({"entity_id": "mixed-tf"}, "RECIPIENT_INELIGIBLE_MEMBER"),
        ({"entity_id": "old-org"}, "RECIPIENT_UNRESOLVED"),
        ({"purposes": ["administrative", "immigration_enforcement"]}, "PROHIBITED_PURPOSE_IMMIGRATION"),
        ({"purposes": ["commercial"]}, "COMMERCIAL_PURPOSE"),
        ({"onward_sharing_prohibited": False}, "AGREEMENT_NO_ONWARD_CLAUSE"),
        (
            {"clause_text": " ", "purposes": [], "data_types": [], "networks": []},
            "AGREEMENT_NO_ONWARD_CLAUSE",
        ),
    ],
)
def test_an_unlawful_agreement_is_shown_by_the_request_it_would_let_through(
    change: dict[str, Any], code: str
) -> None:
    agreement = an_agreement(**change)
    shown = counterexample(some_books(), agreement, NOW)
    assert shown is not None
    assert f"a request of `{agreement.entity_id}`" in shown
    assert code in shown


@pytest.mark.parametrize("status", ["draft", "proposed", "suspended", "revoked", "expired"])
def test_an_unlawful_agreement_that_lets_nothing_through_is_lawful(status: str) -> None:
    assert counterexample(some_books(), an_agreement(entity_id="fbi", status=status), NOW) is None


def test_a_lawful_agreement_passes_also_before_its_entity_is_known() -> None:
    assert counterexample(some_books(), an_agreement(), NOW) is None
    assert counterexample(Books(), an_agreement(), NOW) is None


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"evidence": {**NEW_EVIDENCE, "source": " "}},
        {"evidence": {**NEW_EVIDENCE, "verified_by": ""}},
        {"evidence": {**NEW_EVIDENCE, "verified_at": "2026-05-02T00:00:00Z"}},
        {"evidence": {**NEW_EVIDENCE, "verified_at": "2026-01-15T00:00:00Z"}},
    ],
)
def test_a_federal_body_becomes_local_by_new_evidence_only(change: dict[str, Any]) -> None:
    shown = counterexample(some_books(), an_entity(entity_id="fbi", name="FBI", **change), NOW)
    assert shown is not None
    assert "a request of `fbi` would be let through as `local_law_enforcement` in `US-CA`" in shown
    assert "RECIPIENT_FEDERAL" in shown


@pytest.mark.parametrize(
    "change",
    [
        {"status": "inactive"},
        {"evidence": {**NEW_EVIDENCE, "source": " "}},
        {"class": "task_force", "members": []},
        {"class": "tribal"},
    ],
)
def test_a_federal_body_becomes_nothing_that_a_second_change_could_let_through(
    change: dict[str, Any],
) -> None:
    """The second change would keep class and jurisdiction, and so would need no evidence."""
    shown = counterexample(some_books(), an_entity(entity_id="fbi", name="FBI", **change), NOW)
    assert "RECIPIENT_FEDERAL" in (shown or "")


@pytest.mark.parametrize(
    "change",
    [
        {"entity_id": "fbi", "evidence": NEW_EVIDENCE},
        {"entity_id": "fbi", "evidence": {**NEW_EVIDENCE, "verified_at": NOW.isoformat()}},
        {"entity_id": "fbi", "class": "private"},
        {"entity_id": "fbi", "jurisdiction": "US-TX"},
        {"entity_id": "fbi", "class": "federal", "jurisdiction": "US"},
        {"entity_id": "somebody-new"},
        {"entity_id": "pasadena-pd", "class": "federal"},
        {"entity_id": "chp"},
    ],
)
def test_a_change_of_entities_that_lets_nobody_new_through_is_lawful(change: dict[str, Any]) -> None:
    assert counterexample(some_books(), an_entity(**{"name": "x", **change}), NOW) is None


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"purposes": ["civil", "immigration_enforcement"]}, "a request for `immigration_enforcement`"),
        ({"extensions": [{**EXTENSION, "class": "federal"}]}, "a request of any `federal`"),
        (
            {"extensions": [{**EXTENSION, "class": "prosecutor", "approved_by": ["a"]}]},
            "two different approvers",
        ),
        (
            {"screening": {"immigration": [], "protected_health_care": ["x"]}},
            "a request whose text says `ice`",
        ),
        ({"screening": {"immigration": ["ice"], "protected_health_care": []}}, "says `abortion`"),
        ({"screening": {"immigration": ["---", " "], "protected_health_care": ["x"]}}, "says `ice`"),
    ],
)
def test_an_unlawful_policy_is_shown_by_the_request_it_would_let_through(
    change: dict[str, Any], shown: str
) -> None:
    assert shown in (counterexample(some_books(), a_policy(**change), NOW) or "")


SO31_LOCAL = "Special Order 31: sharing only with local law enforcement that has an interagency agreement"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            an_agreement(entity_id="fbi"),
            (
                "agreement `mou-24-017` would let through a request of `fbi` for `criminal_investigation,"
                " administrative`, asking for `plate_read, hotlist_hit` on networks `north, south`:"
                " RECIPIENT_FEDERAL (Civ. Code 1798.90.55(b); AG Information Bulletin 2023-DLE-06)"
            ),
        ),
        (
            an_agreement(clause_text=" ", purposes=[], data_types=[], networks=[]),
            (
                "agreement `mou-24-017` would let through a request of `pasadena-pd` for `any purpose`,"
                " asking for `nothing` on networks `none`: AGREEMENT_NO_ONWARD_CLAUSE (Special Order 31:"
                " contracts reviewed, with a clause against sharing outside the agency)"
            ),
        ),
        (
            an_agreement(purposes=["administrative", "immigration_enforcement", "commercial"]),
            (
                "agreement `mou-24-017` would let through a request of `pasadena-pd` for"
                " `immigration_enforcement, commercial`, asking for `plate_read, hotlist_hit` on"
                " networks `north, south`: PROHIBITED_PURPOSE_IMMIGRATION (Gov. Code 7284.6, 7284.8(b))"
            ),
        ),
        (
            an_entity(entity_id="fbi", name="FBI"),
            (
                "a request of `fbi` would be let through as `local_law_enforcement` in `US-CA`, without"
                " evidence newer than that for `federal` in `US`: RECIPIENT_FEDERAL (Civ. Code 1798.90.55(b);"
                " AG Information Bulletin 2023-DLE-06)"
            ),
        ),
        (
            an_entity(entity_id="mixed-tf", name="Mixed Task Force"),
            (
                "a request of `mixed-tf` would be let through as `local_law_enforcement` in `US-CA`, without"
                " evidence newer than that for `task_force` in `US-CA`: RECIPIENT_INELIGIBLE_MEMBER (Civ."
                " Code 1798.90.5(f), 1798.90.55(b))"
            ),
        ),
        (
            a_policy(purposes=["civil", "immigration_enforcement"]),
            (
                "a request for `immigration_enforcement` of any agency would be let through as an authorised"
                " use: PROHIBITED_PURPOSE_IMMIGRATION (Gov. Code 7284.6, 7284.8(b))"
            ),
        ),
        (
            a_policy(extensions=[{**EXTENSION, "class": "federal"}]),
            (
                "a request of any `federal` from 2026-01-01T00:00:00+00:00 on would be let through by an"
                " extension, but class `federal` cannot be extended to: NOT_LOCAL_LAW_ENFORCEMENT"
                f" ({SO31_LOCAL})"
            ),
        ),
        (
            a_policy(extensions=[{**EXTENSION, "class": "prosecutor", "authority": " "}]),
            (
                "a request of any `prosecutor` from 2026-01-01T00:00:00+00:00 on would be let through by an"
                " extension, but its authority or reference is missing: NOT_LOCAL_LAW_ENFORCEMENT"
                f" ({SO31_LOCAL})"
            ),
        ),
        (
            a_policy(extensions=[{**EXTENSION, "class": "prosecutor", "approved_by": ["a", "A "]}]),
            (
                "a request of any `prosecutor` from 2026-01-01T00:00:00+00:00 on would be let through by an"
                " extension, but it has fewer than two different approvers: NOT_LOCAL_LAW_ENFORCEMENT"
                f" ({SO31_LOCAL})"
            ),
        ),
        (
            replace(a_policy(), screening={"immigration": ("ice",)}),
            (
                "a request whose text says `abortion` would be let through unread, for no word of"
                " `protected_health_care` is left: REASON_NEEDS_REVIEW (Gov. Code 7284.6, 7284.8(b); Penal"
                " Code 13778.2, 13778.3; Civ. Code 1549.15)"
            ),
        ),
    ],
)
def test_a_counterexample_is_told_in_these_words(change: Change, told: str) -> None:
    assert counterexample(some_books(), change, NOW) == told


def test_a_lawful_policy_passes_also_as_the_first() -> None:
    assert counterexample(some_books(), a_policy(), NOW) is None
    assert counterexample(Books(), a_policy(screening={}), NOW) is None
    extended = a_policy(extensions=[{**EXTENSION, "class": "state_law_enforcement"}])
    assert counterexample(some_books(), extended, NOW) is None
