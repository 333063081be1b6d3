"""From books and policy to Cedar: the two `.cedar` files filled in, and the books as entities."""

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import cedarpy

from streams.policy.agency_policy import AgencyPolicy, Extension
from streams.policy.agreement import Agreement
from streams.policy.entity import Entity
from tests.cedar.eligibility import JOINT, PRIVATE, UNDETERMINED, Statute, quoted, usable
from tests.cedar.spans import day_ends, micros, parts, zone_named
from tests.cedar.texts import as_spoken, is_blank
from tests.cedar.world import World, line_of

HERE = Path(__file__).parent
RULES = (HERE / "rules.cedar").read_text(encoding="utf-8")
AGREEMENT = (HERE / "agreement.cedar").read_text(encoding="utf-8")
# Whether the selector chooses the reads: not for standing access, a hot list of hits, or a push.
_SEARCH = (
    '(if action == Action::"standing_share" then false'
    ' else if action == Action::"hotlist_share"'
    ' then !["hotlist_hit", "hotlist_hit_restricted"].containsAll(context.data_types)'
    ' else !context.has_reads || context.initiated_by != "agency")'
)
_RESOLVED = (
    f"(principal is Entity && {usable('principal')}"
    " && (!(context has recipient_id) || context.recipient_id == principal))"
)
# Special Order 31 can be widened to these and to no others.
_EXTENDABLE = {
    *("special_district_law_enforcement", "school_law_enforcement", "university_law_enforcement"),
    *("state_law_enforcement", "prosecutor", "probation", "public_agency_other", *JOINT),
    *("fusion_center", "tribal", "multi_state_network"),
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """Books and policy as Cedar has them."""

    policies: cedarpy.PolicySet
    entities: cedarpy.Entities


def compile_world(world: World, rules: str = RULES) -> Compiled:
    """Return the policies and entities; `rules` is the text of the rules, which a test may alter."""
    by_id = {str(one.entity_id): one for one in world.entities}
    statute = Statute(by_id)
    agreements = world.latest()
    filled = Template(rules).substitute(
        search=_SEARCH,
        resolved=_RESOLVED,
        private=PRIVATE,
        undetermined=UNDETERMINED,
        members=statute.members("principal"),
        asking_eligible=statute.eligible("context.asking"),
        barred_unit_named=_barred_unit_named(by_id, statute),
        extended=_extended(world.policy.extensions),
    )
    permits = [_permit(one, by_id, statute, world.policy.obligation_grace_days) for one in agreements]
    attributes: list[dict[str, Any]] = [
        *(_entity(one, by_id) for one in world.entities),
        *(_agreement(one) for one in agreements),
        _policy(world.policy),
        _made("Books", "current", {"revision": world.revision}),
    ]
    return Compiled(
        cedarpy.PolicySet.from_str("\n".join((filled, *permits))),
        cedarpy.Entities.from_json_str(json.dumps(attributes)),
    )


def reference(kind: str, name: str) -> dict[str, Any]:
    """Return how Cedar's JSON names an entity."""
    return {"__entity": {"type": kind, "id": name}}


def age_key(agreement: Agreement) -> str:
    """Return under which name the context says when reads are too old for the agreement."""
    return f"{agreement.max_record_age} {agreement.zone}"


def has_age(agreement: Agreement) -> bool:
    """Tell whether its limit of age can be read at all."""
    return parts(agreement.max_record_age) is not None and zone_named(agreement.zone) is not None


def _permit(agreement: Agreement, by_id: dict[str, Entity], statute: Statute, grace_days: int) -> str:
    parties = " || ".join(_party(one, agreement, by_id, statute) for one in by_id.values())
    key = json.dumps(age_key(agreement))
    return Template(AGREEMENT).substitute(
        parties=parties,
        agreement=f"Agreement::{json.dumps(agreement.agreement_id)}",
        nothing_stops=_nothing_stops(agreement, grace_days),
        too_old_at=f"context.too_old_at[{key}]" if has_age(agreement) else "0",
    )


def _nothing_stops(agreement: Agreement, grace_days: int) -> str:
    """Return that each obligation with a day has time left, or was met by now."""
    grace, zone = sorted((0, grace_days, 30))[1], zone_named(agreement.zone)
    names = [(one.kind, one.due) for one in agreement.obligations]
    conditions = ["true"]
    for name in names:
        if name[1] is None:
            continue
        ways = [f"context.now < {day_ends(name[1], zone, grace)}"]
        if names.count(name) == 1:
            ways += [
                f"{micros(met.at)} <= context.now"
                for met in agreement.fulfilments
                if (met.kind, met.due) == name and not (is_blank(met.by) or is_blank(met.reference))
            ]
        conditions.append(f"({' || '.join(ways)})")
    return " && ".join(conditions)


def _party(entity: Entity, agreement: Agreement, by_id: dict[str, Entity], statute: Statute) -> str:
    """Return that the recipient is this entity and may use the agreement: its own, or one lent from above."""
    conditions = [f"principal == {quoted(entity.entity_id)}"]
    unit, passed = entity, {entity.entity_id}
    while unit.entity_id != agreement.entity_id:
        above = by_id.get(unit.parent or "") if unit.inherits_parent_agreement else None
        if above is None or above.entity_id in passed or {unit.entity_class, above.entity_class} & set(JOINT):
            return "false"
        conditions.append(statute.eligible(quoted(above.entity_id)))
        passed.add(above.entity_id)
        unit = above
    return f"({' && '.join(conditions)})"


def _barred_unit_named(by_id: dict[str, Entity], statute: Statute) -> str:
    """Return that the request names a unit above the recipient that could not itself receive."""
    pairs = [(one, above) for one in by_id.values() for above in line_of(one, by_id)[1:]]
    named = [
        f"(principal == {quoted(one.entity_id)} && context.others.contains({quoted(above)})"
        f" && !{statute.eligible(quoted(above)) if above in by_id else 'false'})"
        for one, above in pairs
    ]
    return f"({' || '.join(named)})" if named else "false"


def _extended(extensions: tuple[Extension, ...]) -> str:
    counting = [
        f'(principal.class == "{one.entity_class}" && {micros(one.start)} <= context.now'
        f" && context.now < {micros(one.end)})"
        for one in extensions
        if one.entity_class in _EXTENDABLE
        and not (is_blank(one.authority) or is_blank(one.reference))
        and len({spoken for name in one.approved_by if (spoken := tuple(as_spoken(name)))}) > 1
    ]
    return f"({' || '.join(counting)})" if counting else "false"


def _entity(entity: Entity, by_id: dict[str, Entity]) -> dict[str, Any]:
    evidence, opinion = entity.evidence, entity.legal_determination
    return _made(
        "Entity",
        entity.entity_id,
        {
            "class": str(entity.entity_class),
            "jurisdiction": entity.jurisdiction,
            "status": str(entity.status),
            "has_evidence": not (is_blank(evidence.source) or is_blank(evidence.verified_by)),
            "is_determined": opinion is not None
            and not (is_blank(opinion.by) or is_blank(opinion.reference)),
            "line": [reference("Entity", one) for one in line_of(entity, by_id)],
        },
    )


def _agreement(agreement: Agreement) -> dict[str, Any]:
    review = agreement.contract_reviewed
    is_reviewed = review is not None and not is_blank(review.by)
    dates = (
        {"reviewed_at": micros(review.at), "review_due": micros(review.due)} if review and is_reviewed else {}
    )
    return _made(
        "Agreement",
        agreement.agreement_id,
        {
            "status": str(agreement.status),
            "is_signed": not all(is_blank(one) for one in agreement.signed_by),
            "origin": str(agreement.origin),
            "start": micros(agreement.start),
            "end": micros(agreement.end),
            "prohibits_onward_sharing": agreement.onward_sharing_prohibited,
            "has_clause": not (is_blank(agreement.clause_text) or is_blank(agreement.clause_reference)),
            "data_types": [str(one) for one in agreement.data_types],
            "scopes": [str(one) for one in agreement.scopes],
            # A star beside names is no name and covers nothing.
            "networks": [one for one in agreement.networks if one != "*"],
            "covers_all_networks": agreement.networks == ("*",),
            "purposes": [str(one) for one in agreement.purposes],
            "live_feed": agreement.live_feed,
            "has_record_age": has_age(agreement),
            **dates,
        },
    )


def _policy(policy: AgencyPolicy) -> dict[str, Any]:
    return _made(
        "Policy",
        "current",
        {
            "agency": reference("Entity", policy.agency.entity_id),
            "agency_names": [policy.agency.entity_id, policy.agency.name],
            "purposes": [str(one) for one in policy.purposes],
            "requires_case_number": policy.require_case_number,
        },
    )


def _made(kind: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}
