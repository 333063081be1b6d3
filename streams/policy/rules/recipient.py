"""Who may receive: the table of classes in Civ. Code 1798.90.5(f), .55(b), and then Special Order 31.

Nothing is read from a name. A registry that did so called twenty state, local and tribal bodies federal;
names lie the other way too, for a railway, a parcel carrier and a private university have police departments
so called. The class stands in the registry with its evidence, and `streams.policy.eligibility` holds the
table.

The statutory codes are apart from one another so that they can be told to different people, and apart from
the last rule here, which is the agency's and can be widened. To look at the state line alone is not enough:
in public share lists of 2026 it caught next to nothing, while one share in eight went to no city police or
sheriff.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.vocabulary import EntityClass, ReasonCode

# The one class that Special Order 31 shares with.
_LOCAL = EntityClass.LOCAL_LAW_ENFORCEMENT


def recipient_unresolved(case: Case) -> Reason | None:
    """A recipient is one entity of the registry, by exact alias (Civ. Code 1798.90.55(b)).

    The State Auditor found an entity on a share list that nobody could identify (2019-118); lists hold
    "Decommissioned Org" and "Test Demo" to this day. Inactive entries and placeholders resolve to nobody as
    well.
    """
    return _nobody(case, ReasonCode.RECIPIENT_UNRESOLVED)


def recipient_nonspecific(case: Case) -> Reason | None:
    """A pool is no recipient (Attorney General bulletin 2023-DLE-06).

    "Statewide lookup" and "national lookup" are switches of vendors that share with whoever has joined: in
    one city the first stayed on for seventeen months, and let in three times the agencies that were meant.
    """
    return _nobody(case, ReasonCode.RECIPIENT_NONSPECIFIC)


def recipient_federal(case: Case) -> Reason | None:
    """No federal agency receives ALPR information (Attorney General bulletin 2023-DLE-06).

    Also where it sits in California: a federal office is of the United States, whatever its address.
    """
    return _barred(case, ReasonCode.RECIPIENT_FEDERAL, "is a federal agency")


def recipient_out_of_state(case: Case) -> Reason | None:
    """No agency outside California receives it (Civ. Code 1798.90.5(f); bulletin 2023-DLE-06).

    The jurisdiction of the registry decides, ISO 3166-2. An "LA PD" may be of Louisiana.
    """
    return _barred(case, ReasonCode.RECIPIENT_OUT_OF_STATE, "is not of California")


def recipient_private(case: Case) -> Reason | None:
    """No private body receives it; hosting and towing are contracts, not sharing (1798.90.55(b)).

    A private university's police look like a city's on a list, and an audit that checks geography alone
    passes them.
    """
    return _barred(case, ReasonCode.RECIPIENT_PRIVATE, "is no public agency but a private body or contractor")


def recipient_not_public_agency(case: Case) -> Reason | None:
    """A fusion center, tribe or network is no public agency until counsel has determined it (.5(f))."""
    code = ReasonCode.RECIPIENT_NOT_PUBLIC_AGENCY
    return _barred(case, code, "has no legal determination that it is a public agency")


def recipient_ineligible_member(case: Case) -> Reason | None:
    """What a joint body receives all its members have, so each must be eligible (1798.90.55(b)).

    One federal member is enough; so are no members on record, for then nobody knows who would have the data.
    """
    code = ReasonCode.RECIPIENT_INELIGIBLE_MEMBER
    return _barred(case, code, "has no members on record, or one that could not receive by statute")


def not_local_law_enforcement(case: Case) -> Reason | None:
    """Special Order 31: other local law enforcement only, unless a dated extension reaches the class.

    Stricter than the statute, which lets any public agency of California receive: state police, campus
    police, district attorneys and probation are refused here. An extension needs a term, an authority, a
    reference and two approvers.
    """
    standing = case.standing
    if standing is None or standing.entity_class is _LOCAL:
        return None
    if case.policy.extends_to(standing.entity_class, case.now):
        return None
    message = f"class `{standing.entity_class}` is not local law enforcement, and no extension is in force"
    return refuse(ReasonCode.NOT_LOCAL_LAW_ENFORCEMENT, "recipient_name", message)


def _nobody(case: Case, code: ReasonCode) -> Reason | None:
    # One of the two codes at most: the resolver has found out which, once, for both rules.
    reason = case.unresolved
    return reason if reason is not None and reason.code is code else None


def _barred(case: Case, code: ReasonCode, what: str) -> Reason | None:
    standing = case.standing
    if standing is None or code not in standing.bars:
        return None
    return refuse(code, "recipient_name", f"`{standing.entity_id}` {what}")
