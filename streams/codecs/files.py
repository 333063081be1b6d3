"""The files that people write: policy, registry, agreements, evidence holds, registers, from text to values.

A wrong file gives no value at all: one `InputError` with a line for each problem, as `name:line: field: …`.
Required is every key without which a record could be read in two ways; unknown keys are problems, so that
a misspelt restriction is never passed over. JSON is YAML too.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from streams.codecs.file_agreements import agreement_claims, agreement_from
from streams.codecs.file_entities import entity_claims, entity_from
from streams.codecs.file_evidence_holds import evidence_hold_claims, evidence_hold_from
from streams.codecs.file_processors import processor_claims, processor_from
from streams.codecs.file_users import user_claims, user_from
from streams.codecs.marked_yaml import Fields, parse
from streams.codecs.yaml_kinds import (
    DURATION,
    FLAG,
    ID,
    TEXT,
    WHOLE,
    instant,
    listed,
    number_up_to,
    word,
)
from streams.policy.agency_policy import Agency, AgencyPolicy, Extension
from streams.policy.agreement import Agreement
from streams.policy.duties import DEFAULT_GRACE_DAYS, MOST_GRACE_DAYS
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.policy_in_force import extension_lacks
from streams.policy.processor import Processor
from streams.policy.user import User
from streams.policy.vocabulary import EntityClass, EntityId, Purpose

T = TypeVar("T")
GRACE_DAYS = number_up_to(MOST_GRACE_DAYS)


def read_policy(text: str, name: str) -> AgencyPolicy:
    """Return the agency's policy in `text`; `name` is the file's name in messages.

    Durations are ISO 8601, instants have an offset; dates in an extension mean 00:00 in Los Angeles.

    Raises:
        InputError: the file is no policy, or an extension in it would not count; a line for each problem.
    """
    fields = parse(text, name)
    policy = AgencyPolicy(
        agency=_agency(fields.needed("agency")),
        purposes=fields.required("purposes", listed(word(Purpose))),
        visible_for=fields.required("visible_for", DURATION),
        retained_for=fields.required("retained_for", DURATION),
        require_case_number=fields.required("require_case_number", FLAG),
        clock_skew=fields.required("clock_skew", DURATION),
        request_max_age=fields.required("request_max_age", DURATION),
        hold_deadline=fields.required("hold_deadline", DURATION),
        max_window=fields.required("max_window", DURATION),
        screening=fields.needed("screening").rest(listed(TEXT)),
        extensions=tuple(_extension(each) for each in fields.each("extensions")),
        obligation_grace_days=fields.optional("obligation_grace_days", GRACE_DAYS, DEFAULT_GRACE_DAYS),
    )
    return _finished(fields, policy)


def read_registry(text: str, name: str) -> tuple[Entity, ...]:
    """Return the entities under `entities` in `text`; no name may resolve to two of them.

    Raises:
        InputError: the file is no registry; a line for each problem.
    """
    return _all_of(parse(text, name), "entities", entity_from, entity_claims)


def read_agreements(text: str, name: str) -> tuple[Agreement, ...]:
    """Return the agreements under `agreements` in `text`; each version of each stands once.

    Raises:
        InputError: the file is no list of agreements; a line for each problem.
    """
    return _all_of(parse(text, name), "agreements", agreement_from, agreement_claims)


def agreement_lines(text: str, name: str) -> dict[tuple[str, int], int]:
    """Return the line on which each agreement of `read_agreements` begins, by id and version."""
    fields = parse(text, name)
    found: dict[tuple[str, int], int] = {}
    for each in fields.each_required("agreements"):
        found[each.required("agreement_id", ID), each.required("version", WHOLE)] = each.line
    return found


def read_evidence_holds(text: str, name: str) -> tuple[EvidenceHold, ...]:
    """Return the holds under `evidence_holds` in `text`; each version of each stands once.

    Raises:
        InputError: the file is no list of evidence holds, or one of them would not count; a line for each
            problem.
    """
    return _all_of(parse(text, name), "evidence_holds", evidence_hold_from, evidence_hold_claims)


def read_processors(text: str, name: str) -> tuple[Processor, ...]:
    """Return the processors under `processors` in `text`; each stands once.

    Raises:
        InputError: the file is no register of processors; a line for each problem.
    """
    return _all_of(parse(text, name), "processors", processor_from, processor_claims)


def read_users(text: str, name: str) -> tuple[User, ...]:
    """Return the users under `users` in `text`; each stands once.

    Raises:
        InputError: the file is no user book, or an authorisation would not count; a line for each problem.
    """
    return _all_of(parse(text, name), "users", user_from, user_claims)


def _all_of(
    fields: Fields,
    key: str,
    read: Callable[[Fields], T],
    claims_of: Callable[[T], Iterable[tuple[str, str]]],
) -> tuple[T, ...]:
    """Read every record of the list, and note each that claims what an earlier one has.

    `claims_of` gives what a record claims for itself alone, as (field, claim).
    """
    lines: dict[tuple[str, str], int] = {}
    records: list[T] = []
    for each in fields.each_required(key):
        record = read(each)
        for claim in dict.fromkeys(claims_of(record)):
            # A blank claims nothing, since no request resolves by it.
            if claim[1] and claim in lines:
                each.wrong(claim[0], f"expected `{claim[1]}` once, got it on line {lines[claim]} too")
            lines.setdefault(claim, each.line)
        records.append(record)
    return _finished(fields, tuple(records))


def _finished(fields: Fields, value: T) -> T:
    fields.done()
    fields.problems.raise_if_any()
    return value


def _agency(fields: Fields) -> Agency:
    agency = Agency(
        entity_id=EntityId(fields.required("entity_id", ID)),
        name=fields.required("name", TEXT),
    )
    fields.done()
    return agency


def _extension(fields: Fields) -> Extension:
    extension = Extension(
        entity_class=fields.required("class", word(EntityClass)),
        start=fields.required("start", instant()),
        end=fields.required("end", instant()),
        authority=fields.required("authority", TEXT),
        reference=fields.required("reference", TEXT),
        approved_by=fields.required("approved_by", listed(TEXT)),
    )
    # Told now: once on the books such an extension is passed over without a word.
    lack = extension_lacks(extension)
    if lack:
        fields.wrong("approved_by", f"expected an extension that counts: {lack}")
    if extension.end < extension.start:
        fields.wrong("end", "expected an end that is not before `start`")
    fields.done()
    return extension
