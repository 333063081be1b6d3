"""Who of the agency's own people may use its data: those whom the user book has in order.

A partner answers for its own users by its agreement; what the agency itself starts, it answers for. The State
Auditor (2019-118) found accounts of people who had left or never used them, and nobody who looked.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.user import lacks_of
from streams.policy.vocabulary import Initiator, ReasonCode

# Named here because looking a member up on its enum costs as much as the rest of a rule.
_AGENCY = Initiator.AGENCY


def user_not_authorised(case: Case) -> Reason | None:
    """The user of a push is authorised, trained, and active or reoriented within a year (Special Order 31).

    By the user book as it stands at the decision. A blank user is in no book: a push blocks where a request
    by a partner would be held, for the agency knows its own people. An empty book has nobody in it.
    """
    if case.request.initiated_by is not _AGENCY:
        return None
    agency = case.policy.policy.agency.entity_id
    lacks = lacks_of(case.books.user(agency, case.request.requested_by.user), case.now)
    if not lacks:
        return None
    message = f"the user of the push is {', '.join(lacks)}"
    return refuse(ReasonCode.USER_NOT_AUTHORISED, "requested_by.user", message)
