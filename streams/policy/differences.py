"""Two sets of agreements compared: who gains what and who loses what, agreement by agreement."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from streams.policy.agreement import Agreement
from streams.policy.grant import Part, gained, grant_of
from streams.policy.vocabulary import AgreementId, EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementChange:
    """What becomes of one agreement with one entity; None is no such agreement.

    `papers` are the fields that changed while nothing was gained or lost by them.
    """

    agreement_id: AgreementId
    entity_id: EntityId
    before: Agreement | None
    after: Agreement | None
    gains: tuple[Part, ...]
    losses: tuple[Part, ...]
    papers: tuple[str, ...]


# These give or take, and are told in words.
_GIVING = frozenset(
    {
        "data_types", "scopes", "networks", "purposes", "fields", "max_record_age", "live_feed",
        "live_terms", "start", "end",
    }
)  # fmt: skip
# The change itself tells these.
_IDENTITY = frozenset({"agreement_id", "entity_id", "version", "status"})


def differences(old: Iterable[Agreement], new: Iterable[Agreement]) -> tuple[AgreementChange, ...]:
    """Return what changes from the old agreements to the new, by id; the latest versions alone count."""
    before, after = _latest(old), _latest(new)
    return tuple(
        change
        for agreement_id in sorted(before.keys() | after.keys())
        for change in _changes(before.get(agreement_id), after.get(agreement_id))
    )


def _latest(agreements: Iterable[Agreement]) -> dict[AgreementId, Agreement]:
    return {one.agreement_id: one for one in sorted(agreements, key=lambda one: one.version)}


def _changes(before: Agreement | None, after: Agreement | None) -> Iterable[AgreementChange]:
    if before == after:
        return
    # With another entity it is another agreement, whatever its id: one body loses, the other gains.
    if before is not None and after is not None and before.entity_id != after.entity_id:
        yield _change(before, before, None)
        yield _change(after, None, after)
        return
    either = after or before
    if either is not None:
        yield _change(either, before, after)


def _change(either: Agreement, before: Agreement | None, after: Agreement | None) -> AgreementChange:
    old, new = grant_of(before), grant_of(after)
    return AgreementChange(
        agreement_id=either.agreement_id,
        entity_id=either.entity_id,
        before=before,
        after=after,
        gains=gained(old, new),
        losses=gained(new, old),
        papers=() if before is None or after is None else _papers(before, after),
    )


def _papers(before: Agreement, after: Agreement) -> tuple[str, ...]:
    # Where it gives nothing before and after, what it would give is paper too.
    told = _IDENTITY if grant_of(before) is None and grant_of(after) is None else _IDENTITY | _GIVING
    names = (field.name for field in fields(Agreement) if field.name not in told)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
