"""What for: the purposes that law prohibits by name, and those that the agency authorises.

A prohibited purpose blocks when it is stated: as the purpose code, or as an offence code of that field of
law. What a free text only suggests is screened in `streams.policy.rules.screening`, and holds.

The three prohibitions stand before the agency's list and do not look at it, so that a policy file that listed
one of them as an authorised use would still forward nothing under it.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.names import is_blank
from streams.policy.offences import is_of_immigration, is_of_protected_care
from streams.policy.reasons import refuse
from streams.policy.vocabulary import Purpose, ReasonCode, RequestKind

# Named here because looking a member up on its enum costs as much as the rest of a rule.
_COMMERCIAL = Purpose.COMMERCIAL
_IMMIGRATION = Purpose.IMMIGRATION_ENFORCEMENT
_PROTECTED_CARE = Purpose.PROTECTED_HEALTH_CARE
_NO_IMMIGRATION = ReasonCode.PROHIBITED_PURPOSE_IMMIGRATION
_NO_CARE = ReasonCode.PROHIBITED_PURPOSE_PROTECTED_CARE

# Standing access is not tied to one case.
_KINDS_WITHOUT_CASE = frozenset({RequestKind.STANDING_SHARE, RequestKind.HOTLIST_SHARE})


def commercial_purpose(case: Case) -> Reason | None:
    """ALPR information is not sold (Civ. Code 1798.90.55(b); Special Order 31).

    "Sell, share or transfer" stand side by side in the statute, so anything of value, whatever the stated
    purpose, is enough. It blocks: no supplement makes a sale a share.
    """
    if case.request.purpose_code is _COMMERCIAL:
        return refuse(ReasonCode.COMMERCIAL_PURPOSE, "purpose_code", "the purpose is commercial")
    # Any consideration at all: a fee for costs is for counsel to judge, and not for a gate.
    if case.request.consideration and not is_blank(case.request.consideration):
        message = "something of value is given for the information"
        return refuse(ReasonCode.COMMERCIAL_PURPOSE, "consideration", message)
    return None


def prohibited_purpose_immigration(case: Case) -> Reason | None:
    """Nothing is given for immigration enforcement (Gov. Code 7284.6).

    The Values Act lets no money or personnel be used to investigate, detain or arrest for immigration
    enforcement, and asks that databases, vendors' among them, be governed so (7284.8(b)).
    """
    if case.request.purpose_code is _IMMIGRATION:
        return refuse(_NO_IMMIGRATION, "purpose_code", "the purpose is immigration enforcement")
    if case.request.offence_code and is_of_immigration(case.request.offence_code):
        return refuse(_NO_IMMIGRATION, "offence_code", "the offence is one of immigration law")
    return None


def prohibited_purpose_protected_care(case: Case) -> Reason | None:
    """Nothing is given against legally protected health care (Penal Code 13778.2, 13778.3).

    A code of its own, so that its alerts can go to fewer people. The case is real: 83,000 cameras were
    searched for a woman who had had an abortion.
    """
    if case.request.purpose_code is _PROTECTED_CARE:
        return refuse(_NO_CARE, "purpose_code", "the purpose is legally protected health care")
    if case.request.offence_code and is_of_protected_care(case.request.offence_code):
        return refuse(_NO_CARE, "offence_code", "the offence is legally protected health care")
    return None


def purpose_not_authorised(case: Case) -> Reason | None:
    """The purpose is one of the agency's authorised uses (Civ. Code 1798.90.52(b); Special Order 31).

    A missing purpose is left to the access record, where the requester can still supply it.
    """
    purpose = case.request.purpose_code
    if purpose is None or purpose in case.policy.purposes:
        return None
    message = f"purpose `{purpose}` is not among the agency's authorised uses"
    return refuse(ReasonCode.PURPOSE_NOT_AUTHORISED, "purpose_code", message)


def case_number_missing(case: Case) -> Reason | None:
    """A case number is given where the agency's policy asks for one.

    Optional for the agency (`require_case_number`). Standing access names no case, so it is not asked for
    one.
    """
    if not case.policy.policy.require_case_number or case.request.kind in _KINDS_WITHOUT_CASE:
        return None
    if is_blank(case.request.case_number):
        return refuse(ReasonCode.CASE_NUMBER_MISSING, "case_number", "the agency asks for a case number")
    return None
