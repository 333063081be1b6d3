"""One entity of `registry.yaml`, and what it claims for itself alone: its id and every name of it.

The class is taken from the file, with the evidence for it, and is never guessed from the name. Names are
compared as a request's are, so that two entities which one request could mean are found here and not at the
gate.
"""

from collections.abc import Iterator

from streams.codecs.marked_yaml import Fields
from streams.codecs.yaml_kinds import AREA, FLAG, ID, TEXT, instant, listed, word
from streams.policy.entity import Entity, Evidence, LegalDetermination
from streams.policy.names import tidy
from streams.policy.vocabulary import EntityClass, EntityId, EntityStatus


def entity_from(fields: Fields) -> Entity:
    """Return the entity in `fields`; what is wrong with it stands in the problems of the file."""
    parent = fields.maybe("parent", ID)
    entity = Entity(
        entity_id=EntityId(fields.required("entity_id", ID)),
        name=fields.required("name", TEXT),
        aliases=fields.optional("aliases", listed(TEXT), ()),
        entity_class=fields.required("class", word(EntityClass)),
        jurisdiction=fields.required("jurisdiction", AREA),
        parent=EntityId(parent) if parent else None,
        inherits_parent_agreement=fields.optional("inherits_parent_agreement", FLAG, default=False),
        members=tuple(EntityId(each) for each in fields.optional("members", listed(ID), ())),
        evidence=_evidence(fields.needed("evidence")),
        legal_determination=_determination(fields.inner("legal_determination")),
        status=fields.required("status", word(EntityStatus)),
    )
    # It would lend nothing, though its author counts on it.
    if entity.inherits_parent_agreement and parent is None:
        fields.wrong("inherits_parent_agreement", "expected `parent` beside it, got none")
    fields.done()
    return entity


def entity_claims(entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield the id and the names, as names are compared when a request is resolved."""
    yield "entity_id", entity.entity_id
    for name in (entity.name, *entity.aliases):
        yield "aliases", tidy(name)


def _evidence(fields: Fields) -> Evidence:
    evidence = Evidence(
        source=fields.required("source", TEXT),
        verified_by=fields.required("verified_by", TEXT),
        verified_at=fields.required("verified_at", instant()),
    )
    fields.done()
    return evidence


def _determination(fields: Fields | None) -> LegalDetermination | None:
    if fields is None:
        return None
    determination = LegalDetermination(
        by=fields.required("by", TEXT),
        reference=fields.required("reference", TEXT),
        at=fields.required("at", instant()),
    )
    fields.done()
    return determination
