"""One agreement of `agreements.yaml`; local dates in it mean 00:00 in its own zone.

Required are all limits: an agreement that could be read with or without one would cover what nobody signed.
Optional are `networks` (none), `zone` and what a legacy share may lack. Not judged here is whether the
agreement is lawful: `streams.policy.floor` does that when it is applied, against the entity that it is with.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from datetime import date

import yaml

from streams.codecs.marked_yaml import Fields, Kind, UnexpectedError
from streams.codecs.yaml_kinds import (
    ANY_TEXT,
    DATE,
    DEFAULT_ZONE,
    DURATION,
    FLAG,
    ID,
    SHA256,
    TEXT,
    WHOLE,
    ZONE,
    instant,
    listed,
    number_up_to,
    word,
)
from streams.policy.agreement import (
    Agreement,
    ContractReview,
    Fulfilment,
    NeedEvaluation,
    Obligation,
    VolumeBudget,
)
from streams.policy.live_terms import LiveTerms, seconds_of
from streams.policy.request import PlateRead
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    DataType,
    EntityId,
    Purpose,
    Scope,
)

# A tenth of a metre; GPS gives no more.
_MOST_DECIMALS = 6
READ_FIELDS = tuple(field.name for field in dataclasses.fields(PlateRead))


def agreement_from(fields: Fields) -> Agreement:
    """Return the agreement in `fields`; what is wrong with it stands in the problems of the file.

    Where a value cannot be read a stand-in takes its place, so the agreement counts only when the file has no
    problem.
    """
    zone = fields.optional("zone", ZONE, DEFAULT_ZONE)
    agreement = Agreement(
        agreement_id=AgreementId(fields.required("agreement_id", ID)),
        version=fields.required("version", WHOLE),
        entity_id=EntityId(fields.required("entity_id", ID)),
        status=fields.required("status", word(AgreementStatus)),
        start=fields.required("start", instant(zone)),
        end=fields.required("end", instant(zone)),
        zone=zone,
        data_types=fields.required("data_types", listed(word(DataType))),
        scopes=fields.required("scopes", listed(word(Scope))),
        networks=fields.optional("networks", listed(TEXT), ()),
        purposes=fields.required("purposes", listed(word(Purpose))),
        fields=fields.required("fields", listed(Kind(_read_field, ""))),
        max_record_age=fields.required("max_record_age", DURATION),
        live_feed=fields.required("live_feed", FLAG),
        live_terms=_live_terms(fields.inner("live_terms")),
        onward_sharing_prohibited=fields.required("onward_sharing_prohibited", FLAG),
        clause_reference=fields.required("clause_reference", ANY_TEXT),
        clause_text=fields.required("clause_text", ANY_TEXT),
        contract_digest=fields.maybe("contract_digest", TEXT),
        counterparty_signatory=fields.maybe("counterparty_signatory", TEXT),
        contract_reviewed=_review(fields.inner("contract_reviewed"), zone),
        need_evaluation=_need(fields.inner("need_evaluation"), zone),
        signed_by=fields.required("signed_by", listed(TEXT)),
        obligations=tuple(_obligation(each) for each in fields.each("obligations")),
        fulfilments=tuple(_fulfilment(each, zone) for each in fields.each("fulfilments")),
        volume_budget=_budget(fields.inner("volume_budget")),
        origin=fields.required("origin", word(AgreementOrigin)),
        risk_flags=fields.optional("risk_flags", listed(TEXT), ()),
    )
    # Such a term covers no instant at all, which nobody signs on purpose.
    if agreement.end < agreement.start:
        fields.wrong("end", "expected an end that is not before `start`")
    _check_fulfilments(fields, agreement)
    fields.done()
    return agreement


def agreement_claims(agreement: Agreement) -> Iterator[tuple[str, str]]:
    """Yield the agreement's id with its version.

    Two records of one version that differ would leave open which was signed.
    """
    yield "agreement_id", f"{agreement.agreement_id} version {agreement.version}"


def _read_field(node: yaml.Node) -> str:
    name = TEXT.read(node)
    if name not in READ_FIELDS:
        raise UnexpectedError(f"expected one of {', '.join(READ_FIELDS)}, got `{name}`")
    return name


def _review(fields: Fields | None, zone: str) -> ContractReview | None:
    if fields is None:
        return None
    review = ContractReview(
        by=fields.required("by", TEXT),
        at=fields.required("at", instant(zone)),
        due=fields.required("due", instant(zone)),
    )
    fields.done()
    return review


def _need(fields: Fields | None, zone: str) -> NeedEvaluation | None:
    if fields is None:
        return None
    need = NeedEvaluation(
        by=fields.required("by", TEXT),
        at=fields.required("at", instant(zone)),
        text=fields.required("text", TEXT),
    )
    fields.done()
    return need


def _live_terms(fields: Fields | None) -> LiveTerms | None:
    if fields is None:
        return None
    terms = LiveTerms(
        receiving_system=fields.required("receiving_system", TEXT),
        accountable_user=fields.required("accountable_user", TEXT),
        purpose=fields.required("purpose", word(Purpose)),
        reason=fields.required("reason", TEXT),
        time_coarseness=fields.maybe("time_coarseness", Kind(_coarseness, "")),
        place_decimals=fields.maybe("place_decimals", number_up_to(_MOST_DECIMALS)),
        hot_lists=fields.optional("hot_lists", listed(TEXT), ()),
    )
    fields.done()
    return terms


def _coarseness(node: yaml.Node) -> str:
    text = DURATION.read(node)
    if seconds_of(text) is None:
        raise UnexpectedError(f"expected hours, minutes or seconds such as PT1H, got `{text}`")
    return text


def _obligation(fields: Fields) -> Obligation:
    obligation = Obligation(
        kind=fields.required("kind", TEXT),
        text=fields.required("text", TEXT),
        due=fields.maybe("due", DATE),
    )
    fields.done()
    return obligation


def _fulfilment(fields: Fields, zone: str) -> Fulfilment:
    fulfilment = Fulfilment(
        kind=fields.required("kind", TEXT),
        due=fields.required("due", DATE) or date.min,
        by=fields.required("by", TEXT),
        at=fields.required("at", instant(zone)),
        reference=fields.required("reference", TEXT),
        digest=fields.maybe("digest", SHA256),
    )
    fields.done()
    return fulfilment


def _check_fulfilments(fields: Fields, agreement: Agreement) -> None:
    """Note each that would count for nothing: on the books it would be passed over without a word."""
    owed = Counter((one.kind, one.due) for one in agreement.obligations)
    for one in agreement.fulfilments:
        count = owed[one.kind, one.due]
        if count != 1:
            expected = f"expected one obligation `{one.kind}` due on {one.due}, got {count or 'none'}"
            fields.wrong("fulfilments", expected)


def _budget(fields: Fields | None) -> VolumeBudget | None:
    if fields is None:
        return None
    budget = VolumeBudget(reads=fields.required("reads", WHOLE), period=fields.required("period", DURATION))
    fields.done()
    return budget
