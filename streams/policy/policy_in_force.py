"""The agency's policy, compiled once: durations parsed, words folded, extensions checked, content hashed.

Everything that can fail on a policy fails here, once, when it is put in force; a rule then compares ready
values. What would widen without authority (an extension that lacks an approver, an unknown purpose) is left
out rather than refused: a policy already on the books must not stop the gate. `streams.policy.floor` refuses
it at the door.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import orjson

from streams.policy.agency_policy import AgencyPolicy, Extension
from streams.policy.alias_index import spoken
from streams.policy.durations import Duration, require_duration
from streams.policy.duties import DEFAULT_GRACE_DAYS, MOST_GRACE_DAYS
from streams.policy.names import is_blank, tidy
from streams.policy.vocabulary import EntityClass, Purpose
from streams.policy.word_lists import WordList, compile_screening

AGENCY_ZONE = ZoneInfo("America/Los_Angeles")
APPROVERS = 2

# Special Order 31 can be widened to these by a dated extension. Never to federal or private bodies.
EXTENDABLE = frozenset(
    {
        EntityClass.SPECIAL_DISTRICT_LAW_ENFORCEMENT,
        EntityClass.SCHOOL_LAW_ENFORCEMENT,
        EntityClass.UNIVERSITY_LAW_ENFORCEMENT,
        EntityClass.STATE_LAW_ENFORCEMENT,
        EntityClass.PROSECUTOR,
        EntityClass.PROBATION,
        EntityClass.PUBLIC_AGENCY_OTHER,
        EntityClass.TASK_FORCE,
        EntityClass.JOINT_POWERS_AUTHORITY,
        EntityClass.FUSION_CENTER,
        EntityClass.TRIBAL,
        EntityClass.MULTI_STATE_NETWORK,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInForce:
    """One version of the agency's policy, ready for the rules.

    `policy_hash` is the hex SHA-256 of the policy's canonical JSON. `extensions` holds only those that
    count: of a class that may be extended, with authority, reference and two different approvers. Of
    `obligation_grace_days` no more count than may be given, and none of a number below zero.
    """

    policy: AgencyPolicy
    policy_hash: str
    purposes: frozenset[Purpose]
    visible_for: Duration
    retained_for: Duration
    clock_skew: Duration
    request_max_age: Duration
    hold_deadline: Duration
    max_window: Duration
    suspicious: WordList
    placeholders: WordList
    extensions: tuple[Extension, ...]
    obligation_grace_days: int
    agency_names: frozenset[str]

    def extends_to(self, entity_class: EntityClass, now: datetime) -> bool:
        """Tell whether an extension of Special Order 31 reaches that class at `now`."""
        return any(
            extension.entity_class is entity_class and extension.start <= now < extension.end
            for extension in self.extensions
        )


def extension_lacks(extension: Extension) -> str | None:
    """Return why an extension does not count, or None when it does."""
    # The statute comes first: no approval, by however many, reaches a class that it forbids.
    if extension.entity_class not in EXTENDABLE:
        return f"class `{extension.entity_class}` cannot be extended to"
    if is_blank(extension.authority) or is_blank(extension.reference):
        return "its authority or reference is missing"
    # As they sound: one person who signs twice, with another blank or a look-alike letter, stays one person.
    approvers = {spoken(approver) for approver in extension.approved_by} - {""}
    if len(approvers) < APPROVERS:
        return "it has fewer than two different approvers"
    return None


def put_in_force(policy: AgencyPolicy) -> PolicyInForce:
    """Return the policy compiled.

    Raises:
        InputError: if a duration cannot be read.
    """
    suspicious, placeholders = compile_screening(policy.screening)
    return PolicyInForce(
        policy=policy,
        policy_hash=hashlib.sha256(orjson.dumps(_content(policy), option=orjson.OPT_SORT_KEYS)).hexdigest(),
        # Else every word that nobody knows would be an authorised use.
        purposes=frozenset(policy.purposes) - {Purpose.UNKNOWN},
        visible_for=require_duration(policy.visible_for, "visible_for"),
        retained_for=require_duration(policy.retained_for, "retained_for"),
        clock_skew=require_duration(policy.clock_skew, "clock_skew"),
        request_max_age=require_duration(policy.request_max_age, "request_max_age"),
        hold_deadline=require_duration(policy.hold_deadline, "hold_deadline"),
        max_window=require_duration(policy.max_window, "max_window"),
        suspicious=suspicious,
        placeholders=placeholders,
        extensions=tuple(one for one in policy.extensions if extension_lacks(one) is None),
        obligation_grace_days=max(0, min(policy.obligation_grace_days, MOST_GRACE_DAYS)),
        agency_names=frozenset({policy.agency.entity_id, tidy(policy.agency.name)}),
    )


def _content(policy: AgencyPolicy) -> dict[str, object]:
    """Return the policy as plain data; the screening lists are a mapping of some kind, so it is copied."""
    content: dict[str, object] = {
        "agency": {"entity_id": policy.agency.entity_id, "name": policy.agency.name},
        "purposes": policy.purposes,
        "visible_for": policy.visible_for,
        "retained_for": policy.retained_for,
        "require_case_number": policy.require_case_number,
        "clock_skew": policy.clock_skew,
        "request_max_age": policy.request_max_age,
        "hold_deadline": policy.hold_deadline,
        "max_window": policy.max_window,
        "screening": dict(policy.screening),
        "extensions": [_extension(extension) for extension in policy.extensions],
    }
    # Else every policy from before there was such a number would have another hash than its decisions name.
    if policy.obligation_grace_days != DEFAULT_GRACE_DAYS:
        content["obligation_grace_days"] = policy.obligation_grace_days
    return content


def _extension(extension: Extension) -> dict[str, object]:
    return {
        "class": extension.entity_class,
        "start": extension.start.astimezone(UTC).isoformat(),
        "end": extension.end.astimezone(UTC).isoformat(),
        "authority": extension.authority,
        "reference": extension.reference,
        "approved_by": extension.approved_by,
    }
