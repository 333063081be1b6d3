"""Who may receive: the table of classes in Civ. Code 1798.90.5(f), .55(b), and then Special Order 31."""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.vocabulary import EntityClass, ReasonCode

# The one class that Special Order 31 shares with.
_LOCAL = EntityClass.LOCAL_LAW_ENFORCEMENT


def recipient_unresolved(case: Case) -> Reason | None:
    """A recipient is one entity of the registry, by exact alias (Civ. Code 1798.90.55(b))."""
    return _nobody(case, ReasonCode.RECIPIENT_UNRESOLVED)


def recipient_nonspecific(case: Case) -> Reason | None:
    """A pool is no recipient (Attorney General bulletin 2023-DLE-06)."""
    return _nobody(case, ReasonCode.RECIPIENT_NONSPECIFIC)


def recipient_federal(case: Case) -> Reason | None:
    """No federal agency receives ALPR information (Attorney General bulletin 2023-DLE-06)."""
    return _barred(case, ReasonCode.RECIPIENT_FEDERAL, "is a federal agency")


def recipient_out_of_state(case: Case) -> Reason | None:
    """No agency outside California receives it (Civ. Code 1798.90.5(f); bulletin 2023-DLE-06)."""
    return _barred(case, ReasonCode.RECIPIENT_OUT_OF_STATE, "is not of California")


def recipient_private(case: Case) -> Reason | None:
    """No private body receives it; hosting and towing are contracts, not sharing (1798.90.55(b))."""
    return _barred(case, ReasonCode.RECIPIENT_PRIVATE, "is no public agency but a private body or contractor")


def recipient_not_public_agency(case: Case) -> Reason | None:
    """A fusion center, tribe or network is no public agency until counsel has determined it (.5(f))."""
    code = ReasonCode.RECIPIENT_NOT_PUBLIC_AGENCY
    return _barred(case, code, "has no legal determination that it is a public agency")


def recipient_ineligible_member(case: Case) -> Reason | None:
    """What a joint body receives all its members have, so each must be eligible (1798.90.55(b))."""
    code = ReasonCode.RECIPIENT_INELIGIBLE_MEMBER
    return _barred(case, code, "has no members on record, or one that could not receive by statute")


def not_local_law_enforcement(case: Case) -> Reason | None:
    """Special Order 31: other local law enforcement only, unless a dated extension reaches the class."""
    standing = case.standing
    if standing is None or standing.entity_class is _LOCAL:
        return None
    if case.policy.extends_to(standing.entity_class, case.now):
        return None
    message = f"class `{standing.entity_class}` is not local law enforcement, and no extension is in force"
    return refuse(ReasonCode.NOT_LOCAL_LAW_ENFORCEMENT, "recipient_name", message)


def _nobody(case: Case, code: ReasonCode) -> Reason | None:
    reason = case.unresolved
    return reason if reason is not None and reason.code is code else None


def _barred(case: Case, code: ReasonCode, what: str) -> Reason | None:
    standing = case.standing
    if standing is None or code not in standing.bars:
        return None
    return refuse(code, "recipient_name", f"`{standing.entity_id}` {what}")
