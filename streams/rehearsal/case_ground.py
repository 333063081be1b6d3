"""What every case starts from: books, a request and an instant, with single fields changed by the case."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.processor import Processor
from streams.policy.request import SharingRequest
from streams.policy.user import User
from streams.rehearsal.plain_values import Plain, PlainError, build, changed

_Value = TypeVar("_Value")
# An entity of a base is a local agency of California unless it says otherwise: most recipients are.
_LOCAL: Plain = {"class": "local_law_enforcement", "jurisdiction": "US-CA", "status": "active"}
LISTS = frozenset({"entities", "agreements", "evidence_holds", "users", "processors", "dropped"})
GIVEN = LISTS | {"policy", "agreement", "recipient"}


@dataclass(frozen=True, slots=True)
class Ground:
    """The base of some cases, as plain data.

    It has `now`, `policy`, `entities`, `agreements` and `request`. It may have `users` and `processors`, an
    `agreement` that the cases change without naming it, an `evidence_hold` likewise, the `evidence` of
    entities that give none, and the `revision` of the books.
    """

    base: Plain

    def books(self, given: Plain) -> Books:
        """Return the base's books with changes.

        `policy`, `agreement` and `recipient` (the entity that the base's agreement is with) change the
        base's. `entities`, `agreements`, `users` and `processors` change those with their id, or are added.
        `evidence_holds` are changes of the base's, which has none of its own. The keys in `dropped` are
        dropped.

        Raises:
            PlainError: the base or a change of it is no such value; the path begins with the key of `given`.
        """
        for key in given.keys() - GIVEN:
            raise PlainError("expected no such key", key)
        for key in given.keys() & LISTS:
            if not isinstance(given[key], list):
                raise PlainError("expected a list", key)
        books = Books()
        books.revision = self.base.get("revision", 0)
        books.put_policy(_made(AgencyPolicy, self.base["policy"], given.get("policy", {}), "policy"))
        self._put_entities(books, given)
        self._put_agreements(books, given)
        for user in self._all_of(User, "users", "user_id", given):
            books.put_user(user)
        for processor in self._all_of(Processor, "processors", "processor_id", given):
            books.put_processor(processor)
        for place, hold in enumerate(given.get("evidence_holds", ())):
            known = self.base.get("evidence_hold", {})
            books.put_evidence_hold(_made(EvidenceHold, known, hold, "evidence_holds", place))
        for key in given.get("dropped", ()):
            books.drop(key)
        return books

    def _put_entities(self, books: Books, given: Plain) -> None:
        for place, entity in enumerate(self.base["entities"]):
            books.put_entity(self._entity({}, entity, "entities", place))
        if "recipient" in given:
            recipient = self._own("recipient")["entity_id"]
            known = _of_id(self.base["entities"], "entity_id", recipient)
            books.put_entity(self._entity(known, given["recipient"], "recipient"))
        for place, entity in enumerate(given.get("entities", ())):
            known = _of_id(self.base["entities"], "entity_id", _id_in(entity, "entity_id"))
            books.put_entity(self._entity(known, entity, "entities", place))

    def _put_agreements(self, books: Books, given: Plain) -> None:
        for place, agreement in enumerate(self.base.get("agreements", ())):
            books.put_agreement(_made(Agreement, {}, agreement, "agreements", place))
        if "agreement" in self.base or "agreement" in given:
            own = self._own("agreement")
            books.put_agreement(_made(Agreement, own, given.get("agreement", {}), "agreement"))
        for place, agreement in enumerate(given.get("agreements", ())):
            agreement_id = _id_in(agreement, "agreement_id")
            known = _of_id(self.base.get("agreements", ()), "agreement_id", agreement_id)
            known = known or self.base.get("agreement", {})
            books.put_agreement(_made(Agreement, known, agreement, "agreements", place))

    def _all_of(self, cls: type[_Value], key: str, id_key: str, given: Plain) -> Iterator[_Value]:
        """Yield the base's values of a list, then those that are given, over the base's of the same id."""
        of_base = self.base.get(key, ())
        for place, plain in enumerate(of_base):
            yield _made(cls, {}, plain, key, place)
        for place, plain in enumerate(given.get(key, ())):
            yield _made(cls, _of_id(of_base, id_key, _id_in(plain, id_key)), plain, key, place)

    def _own(self, key: str) -> Plain:
        """Return the base's `agreement`, which a change under that key is about."""
        own: Plain | None = self.base.get("agreement")
        if own is None:
            raise PlainError("expected a change by its id: the base has no `agreement` of its own", key)
        return own

    def _entity(self, known: Plain, changes: object, *path: str | int) -> Entity:
        local = {**_LOCAL, "evidence": self.base["evidence"]} if "evidence" in self.base else {}
        return _made(Entity, changed(local, known), changes, *path)

    def entity(self, changes: Plain) -> Entity:
        """Return a local agency of California with what is given of it."""
        return self._entity({}, changes)

    def agreement(self, changes: Plain) -> Agreement:
        """Return the base's agreement with changes."""
        return _made(Agreement, self._own("agreement"), changes)

    def request(self, changes: Plain) -> SharingRequest:
        """Return the base's request with changes."""
        return build(SharingRequest, changed(self.base["request"], changes))


def _id_in(plain: object, key: str) -> object:
    return plain.get(key) if isinstance(plain, Mapping) else None


def _of_id(known: Iterable[object], key: str, wanted: object) -> Plain:
    """Return the one of the known with that id, or nothing."""
    return next((dict(each) for each in known if isinstance(each, Mapping) and each.get(key) == wanted), {})


def _made(cls: type[_Value], known: Plain, changes: object, *path: str | int) -> _Value:
    try:
        return build(cls, changed(known, changes))
    except PlainError as error:
        raise error.within(*path) from None
