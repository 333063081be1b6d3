"""Is this a request at all, from somebody we know, at a believable time?

None of these is about sharing itself, and all come first: what cannot be trusted to be what it says has no
purpose, recipient or agreement worth reading. Bytes that are no request at all never get here; the
gate records them as `malformed`. EVALUATION_FAILED has no function, for `streams.policy.decide` gives it when
anything raises.
"""

from datetime import datetime

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.reasons import refuse
from streams.policy.vocabulary import Initiator, ReasonCode, RequestKind

# Named here because looking a member up on its enum costs as much as the rest of a rule.
_UNKNOWN_KIND = RequestKind.UNKNOWN
_UNKNOWN_INITIATOR = Initiator.UNKNOWN


def malformed_event(case: Case) -> Reason | None:
    """A kind or an initiator that nobody knows is no request.

    A word that only a newer sender knows reads as `unknown`; to guess its meaning would be to let it through.
    """
    if case.request.kind is _UNKNOWN_KIND:
        return refuse(ReasonCode.MALFORMED_EVENT, "kind", "the kind of request is not known")
    if case.request.initiated_by is _UNKNOWN_INITIATOR:
        return refuse(ReasonCode.MALFORMED_EVENT, "initiated_by", "who started the request is not known")
    return None


def requester_not_authenticated(case: Case) -> Reason | None:
    """Only an intake's seal says who asks; without it nobody does (Civ. Code 1798.90.51(b), security).

    The seal itself is verified by the gate, which has the keys; it blanks `authenticated_as` when the seal
    fails.
    """
    if case.request.authenticated_as:
        return None
    return refuse(
        ReasonCode.REQUESTER_NOT_AUTHENTICATED, "authenticated_as", "no intake has vouched for who asks"
    )


def revision_not_reached(case: Case) -> Reason | None:
    """A request that names a minimum revision is not judged by older books.

    Revisions are offsets of the topic of the books. The gate waits for the revision before it asks this rule.
    """
    wanted = case.request.min_revision
    # Who has just seen a revocation can ask not to be judged by books from before it.
    if wanted is None or wanted <= case.books.revision:
        return None
    message = f"revision {wanted} of the books is wanted, {case.books.revision} is there"
    return refuse(ReasonCode.REVISION_NOT_REACHED, "min_revision", message)


def clock_skew(case: Case) -> Reason | None:
    """A request or a read from the future, beyond the agency's clock skew, has no believable time.

    A camera whose clock is wrong would else send reads whose age no limit could ever reach.

    There are cameras that send local time in a field named UTC, hours off.
    """
    asked, records = case.request.requested_at, case.request.records
    if asked is not None and _is_beyond_skew(asked, case):
        return refuse(ReasonCode.CLOCK_SKEW, "requested_at", "the time of the request lies in the future")
    if records and _is_beyond_skew(max(record.captured_at for record in records), case):
        return refuse(ReasonCode.CLOCK_SKEW, "records", "the time of a record lies in the future")
    return None


def request_too_old(case: Case) -> Reason | None:
    """A request older than the agency's limit is asked again, not answered late.

    It blocks, for time heals nothing here: the need may be gone, and who asked may have left the case.
    """
    asked = case.request.requested_at
    if asked is None or not case.policy.request_max_age.is_over(asked, case.now, AGENCY_ZONE):
        return None
    limit = case.policy.policy.request_max_age
    return refuse(ReasonCode.REQUEST_TOO_OLD, "requested_at", f"the request is not younger than `{limit}`")


def _is_beyond_skew(instant: datetime, case: Case) -> bool:
    return instant > case.now and not case.policy.clock_skew.covers(case.now, instant, AGENCY_ZONE)
