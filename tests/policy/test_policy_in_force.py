from dataclasses import replace
from datetime import timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest

from streams.errors import InputError
from streams.policy.policy_in_force import EXTENDABLE, extension_lacks, put_in_force
from streams.policy.vocabulary import EntityClass, Purpose
from tests.policy.building import a_policy
from tests.wording import exactly

EXTENSION = {
    "class": "state_law_enforcement",
    "start": "2026-01-01T00:00:00Z",
    "end": "2027-01-01T00:00:00Z",
    "authority": "Chief of Police",
    "reference": "SO 31-A",
    "approved_by": ["chief", "commission"],
}


@pytest.mark.parametrize(
    "field", ["visible_for", "retained_for", "clock_skew", "request_max_age", "hold_deadline", "max_window"]
)
def test_every_duration_must_be_readable(field: str) -> None:
    message = f"{field}: expected an ISO 8601 duration such as `P30D` or `PT5M`, got `soon`"
    with pytest.raises(InputError, match=exactly(message)):
        put_in_force(a_policy(**{field: "soon"}))


def test_unknown_is_never_a_purpose() -> None:
    assert put_in_force(a_policy(purposes=["civil", "curiosity"])).purposes == {Purpose.CIVIL}


@pytest.mark.usefixtures("in_los_angeles")
def test_the_hash_of_a_policy_never_changes() -> None:
    # Written down once: records name the policy by it, and a replay looks for the policy of its record.
    policy = a_policy(extensions=[EXTENSION])
    assert (
        put_in_force(policy).policy_hash == "9f20fbb966f5499c9419773892a4bae66d315e10e1588c5fbdf0c083313f409f"
    )


def test_the_hash_is_of_the_content_however_it_is_held() -> None:
    policy = a_policy(extensions=[EXTENSION])
    west = timezone(timedelta(hours=-8))
    local = replace(policy.extensions[0], start=policy.extensions[0].start.astimezone(west))
    same = replace(policy, screening=MappingProxyType(dict(policy.screening)), extensions=(local,))
    assert put_in_force(policy).policy_hash == put_in_force(same).policy_hash
    turned = replace(policy, screening=dict(reversed(list(policy.screening.items()))))
    assert put_in_force(policy).policy_hash == put_in_force(turned).policy_hash


@pytest.mark.parametrize(
    "change",
    [
        {"purposes": ["civil"]},
        {"max_window": "P31D"},
        {"extensions": [EXTENSION]},
        {"screening": {"new": ["x"]}},
    ],
)
def test_another_content_has_another_hash(change: dict[str, Any]) -> None:
    assert put_in_force(a_policy(**change)).policy_hash != put_in_force(a_policy()).policy_hash


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        ({}, None),
        ({"class": "federal"}, "cannot be extended"),
        ({"class": "private"}, "cannot be extended"),
        ({"class": "nobody_knows"}, "cannot be extended"),
        ({"authority": " "}, "authority or reference"),
        ({"reference": ""}, "authority or reference"),
        ({"approved_by": ["chief"]}, "two different approvers"),
        ({"approved_by": ["chief", " CHIEF "]}, "two different approvers"),
        ({"approved_by": ["chief", "\u200b"]}, "two different approvers"),
    ],
)
def test_an_extension_counts_with_authority_reference_and_two_approvers(
    change: dict[str, Any], lack: str | None
) -> None:
    policy = a_policy(extensions=[{**EXTENSION, **change}])
    found = extension_lacks(policy.extensions[0])
    assert (found is None) == (lack is None)
    assert (lack or "") in (found or "")
    assert len(put_in_force(policy).extensions) == (lack is None)


def test_no_class_that_the_statute_forbids_can_be_extended_to() -> None:
    never = {
        EntityClass.FEDERAL,
        EntityClass.PRIVATE,
        EntityClass.HOSTING_PROCESSOR,
        EntityClass.TOWING,
        EntityClass.PLACEHOLDER,
        EntityClass.UNKNOWN,
        EntityClass.LOCAL_LAW_ENFORCEMENT,
    }
    assert set(EntityClass) == never | EXTENDABLE
    assert not never & EXTENDABLE
