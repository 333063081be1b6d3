"""What stands in the way of a disclosure by legal process, in rule order; nothing when it may go.

Legal process is the one way out that asks for no agreement, so what is asked of it is narrow and hard: every
finding blocks, and nobody clears one. What lacks something is signed anew, or brought before a judge.

The rules are not handed the books. Whoever has an agreement, and which, cannot make a difference here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from streams.policy.decision import Access, Reason
from streams.policy.digest import derived_id
from streams.policy.disclosure import Authority, Disclosure, DisclosureOrder
from streams.policy.evidence_cover import Cover, Limit, reaches_unnamed
from streams.policy.names import is_blank, words_of
from streams.policy.policy_in_force import AGENCY_ZONE, PolicyInForce
from streams.policy.read_names import is_one_read, plate_key
from streams.policy.reasons import refuse_with
from streams.policy.rules.selector import LITERALS_OF_A_PLATE, MOST_READ_IDS
from streams.policy.vocabulary import (
    AuthorityKind,
    DataType,
    DecisionId,
    Issuer,
    Purpose,
    ReasonCode,
    RequestId,
    Verdict,
)

# Who can issue what. An agency's own officer can issue none of them: an administrative warrant is no warrant.
ISSUERS: Mapping[AuthorityKind, frozenset[Issuer]] = MappingProxyType(
    {
        AuthorityKind.SUBPOENA: frozenset(
            {Issuer.JUDGE, Issuer.COURT_CLERK, Issuer.GRAND_JURY, Issuer.ATTORNEY}
        ),
        AuthorityKind.SEARCH_WARRANT: frozenset({Issuer.JUDGE}),
        AuthorityKind.COURT_ORDER: frozenset({Issuer.JUDGE}),
        AuthorityKind.DISCOVERY: frozenset({Issuer.JUDGE, Issuer.ATTORNEY}),
        AuthorityKind.PUBLIC_RECORDS_REQUEST: frozenset({Issuer.REQUESTER}),
    }
)
# Process of another state binds nobody here until a court of California has issued it anew.
JURISDICTIONS = frozenset({"US-CA", "US"})
JUDGED_PURPOSES = frozenset({Purpose.IMMIGRATION_ENFORCEMENT, Purpose.PROTECTED_HEALTH_CARE})
_DIGEST_DIGITS = 64
_HEX = frozenset("0123456789abcdef")
_PUBLIC = AuthorityKind.PUBLIC_RECORDS_REQUEST
# Field and message.
Finding = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureGround:
    """What a disclosure is judged on: the policy, the instant, and what evidence holds of its case name."""

    policy: PolicyInForce
    now: datetime
    covers: Sequence[Cover] = ()


def disclosure_decision_id(disclosure_id: RequestId) -> DecisionId:
    """Return the id of what is ruled on under that id, the same for ever, so that one order is all."""
    return DecisionId(derived_id(f"disclosure\n{disclosure_id}"))


def objections(disclosure: Disclosure, ground: DisclosureGround) -> tuple[Reason, ...]:
    """Return every reason why it is refused, in rule order; none when the records are to be disclosed."""
    return tuple(
        refuse_with(Verdict.BLOCK, code, *finding)
        for code, rule in _RULES.items()
        if (finding := rule(disclosure, ground)) is not None
    )


def order_of(disclosure: Disclosure, note: str, now: datetime) -> DisclosureOrder:
    """Return the order to the records officer; `note` is what was signed."""
    return DisclosureOrder(
        decision_id=disclosure_decision_id(disclosure.disclosure_id),
        disclosure_id=disclosure.disclosure_id,
        kind=disclosure.authority.kind,
        case_number=disclosure.case_number,
        recipient=disclosure.recipient,
        data_types=disclosure.data_types,
        selector=disclosure.selector,
        note=note,
        issued_at=now,
    )


def disclosure_access(disclosure: Disclosure, organisation: str) -> Access:
    """Return the access record of Civ. Code 1798.90.52(a): who of the agency provides what, and why."""
    selector = disclosure.selector
    plate = (selector.plate,) if selector.plate else ()
    window = (f"from={selector.window_from}", f"to={selector.window_to}")
    kind, case = disclosure.authority.kind, disclosure.case_number
    return Access(
        time=disclosure.at,
        data_elements=(*plate, *selector.read_ids) or window,
        user=disclosure.signer,
        organisation=organisation,
        purpose=f"{disclosure.purpose_code}: {kind}, case {case}, to {disclosure.recipient}",
    )


def _clock_skew(disclosure: Disclosure, ground: DisclosureGround) -> Finding | None:
    at, now = disclosure.at, ground.now
    if at <= now or ground.policy.clock_skew.covers(now, at, AGENCY_ZONE):
        return None
    return "at", "it was signed in the future"


def _too_old(disclosure: Disclosure, ground: DisclosureGround) -> Finding | None:
    """What was signed long ago may have been carried out, and forgotten here, so that it could go twice."""
    if not ground.policy.request_max_age.is_over(disclosure.at, ground.now, AGENCY_ZONE):
        return None
    return "at", f"it is not younger than `{ground.policy.policy.request_max_age}`: sign it anew"


def _commercial(disclosure: Disclosure, _: DisclosureGround) -> Finding | None:
    if disclosure.purpose_code is not Purpose.COMMERCIAL:
        return None
    return "purpose_code", "no legal process makes a commercial purpose lawful"


def _breadth(disclosure: Disclosure, ground: DisclosureGround) -> Finding | None:
    """Exactly what the document names: one plate or single reads, in a window that is over."""
    selector, policy = disclosure.selector, ground.policy
    start, end = selector.window_from, selector.window_to
    if selector.plate and len(plate_key(selector.plate) or "") < LITERALS_OF_A_PLATE:
        return "selector.plate", f"it is no plate of {LITERALS_OF_A_PLATE} letters and digits"
    if len(selector.read_ids) > MOST_READ_IDS or not all(map(is_one_read, selector.read_ids)):
        return "selector.read_ids", f"more than {MOST_READ_IDS} reads, a blank or a wildcard"
    if end is not None and end > ground.now:
        return "selector.window_to", "the window reaches into the future, as a standing share does"
    if start is None or end is None or policy.max_window.covers(start, end, AGENCY_ZONE):
        return None
    return "selector.window_from", f"the window is longer than `{policy.policy.max_window}`: sign parts of it"


def _retention(disclosure: Disclosure, ground: DisclosureGround) -> Finding | None:
    """What should have been deleted is disclosed only where evidence of the same case was kept for it.

    What is only hidden after two years still exists, and legal process reaches it.
    """
    limit = Limit(ground.policy.retained_for, ground.now, AGENCY_ZONE)
    if not reaches_unnamed(disclosure.selector, ground.covers, limit):
        return None
    retained = ground.policy.policy.retained_for
    return "selector.window_from", f"reaches back beyond permanent deletion after `{retained}`"


def _incomplete(disclosure: Disclosure, ground: DisclosureGround) -> Finding | None:
    missing = ",".join(_missing(disclosure, ground))
    return (missing, "missing, blank, or of no known form") if missing else None


def _missing(disclosure: Disclosure, ground: DisclosureGround) -> Iterator[str]:
    authority, selector = disclosure.authority, disclosure.selector
    yield from _missing_in(authority, ground)
    for name, text in (("case_number", disclosure.case_number), ("recipient", disclosure.recipient)):
        if is_blank(text):
            yield name
    if disclosure.purpose_code is Purpose.UNKNOWN:
        yield "purpose_code"
    if not disclosure.data_types or DataType.UNKNOWN in disclosure.data_types:
        yield "data_types"
    # A public-records request is answered with numbers, which are of nobody's plate.
    if authority.kind is not _PUBLIC and not selector.plate and not selector.read_ids:
        yield "selector.plate"
    if selector.window_from is None or selector.window_to is None:
        yield "selector.window_from"
    elif selector.window_from >= selector.window_to:
        yield "selector.window_to"


def _missing_in(authority: Authority, ground: DisclosureGround) -> Iterator[str]:
    if authority.kind is AuthorityKind.UNKNOWN:
        yield "authority.kind"
    if authority.issuer is Issuer.UNKNOWN:
        yield "authority.issuer"
    for name, text in (("authority.body", authority.body), ("authority.reference", authority.reference)):
        if is_blank(text):
            yield name
    if authority.dated is None or authority.dated > ground.now.astimezone(AGENCY_ZONE).date():
        yield "authority.dated"
    digest = authority.document_digest
    if len(digest) != _DIGEST_DIGITS or not _HEX.issuperset(digest):
        yield "authority.document_digest"


def _without_authority(disclosure: Disclosure, _: DisclosureGround) -> Finding | None:
    """Its title compels nobody: who issued it does, and a court of another state does not here.

    A search warrant is signed by a magistrate (Penal Code 1523), a subpoena by a judge, clerk, grand jury or
    attorney of record (Penal Code 1326; Code Civ. Proc. 1985), foreign process by a court here first (Code
    Civ. Proc. 2029.350). A public-records request reaches no plate of anybody: only numbers.
    """
    authority = disclosure.authority
    if authority.issuer not in ISSUERS.get(authority.kind, frozenset()):
        return "authority.issuer", f"`{authority.kind}` issued by `{authority.issuer}` compels nobody"
    if authority.jurisdiction not in JURISDICTIONS:
        return (
            "authority.jurisdiction",
            "process from elsewhere needs a court of California or a federal one",
        )
    if authority.kind is not _PUBLIC:
        return None
    named = disclosure.selector.plate or disclosure.selector.read_ids
    if named or disclosure.data_types != (DataType.AGGREGATE,):
        return "data_types", "a public-records request gets aggregates of no single plate or read"
    return None


def _needs_judge(disclosure: Disclosure, ground: DisclosureGround) -> Finding | None:
    """For immigration enforcement and protected health care nothing less than a judge's signature counts.

    Nobody reads a disclosure again after counsel, so a screened word decides here, where it holds a request.
    """
    authority = disclosure.authority
    if authority.issuer is Issuer.JUDGE:
        return None
    if disclosure.purpose_code in JUDGED_PURPOSES:
        return "purpose_code", f"`{disclosure.purpose_code}` needs the signature of a judge"
    texts = (authority.body, authority.reference, disclosure.case_number, disclosure.recipient)
    found = {one for text in texts for one in ground.policy.suspicious.categories_in(words_of(text))}
    if not found:
        return None
    return "authority", f"words of {', '.join(sorted(found))} need the signature of a judge"


# In the order of the codes.
_RULES: Mapping[ReasonCode, Callable[[Disclosure, DisclosureGround], Finding | None]] = MappingProxyType(
    {
        ReasonCode.CLOCK_SKEW: _clock_skew,
        ReasonCode.REQUEST_TOO_OLD: _too_old,
        ReasonCode.COMMERCIAL_PURPOSE: _commercial,
        ReasonCode.SELECTOR_TOO_BROAD: _breadth,
        ReasonCode.RETENTION_EXCEEDED: _retention,
        ReasonCode.DISCLOSURE_INCOMPLETE: _incomplete,
        ReasonCode.DISCLOSURE_WITHOUT_AUTHORITY: _without_authority,
        ReasonCode.DISCLOSURE_NEEDS_JUDGE: _needs_judge,
    }
)
