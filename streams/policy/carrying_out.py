"""May a release still be carried out? The agreement is asked again, for the release is not a key.

Between the decision and the moment at which reads or an image leave another system, an agreement may have
been revoked, an agency relabelled, a purpose taken out of the policy. So what the release lets go is asked
for once more, as a request, and every rule looks at it. What a reviewer cleared stays cleared; what blocks,
blocks.
"""

from datetime import datetime, timedelta

from streams.policy.books import BooksView
from streams.policy.decide import judged
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.release import Release
from streams.policy.request import PlateRead, Requester, Selector, SharingRequest
from streams.policy.vocabulary import DataType, Initiator, ReasonCode, RequestKind, Verdict

# As long as the release itself is kept for its recipient.
IMAGE_LIFETIME = timedelta(days=7)
_AT_ONCE = timedelta(microseconds=1)
# Whether reads are visible was decided with the evidence holds of the case, which a release does not name;
# within the lifetime of an order they hardly age.
_DECIDED_BEFORE = frozenset({ReasonCode.RETENTION_EXCEEDED, ReasonCode.LOGICALLY_DELETED})


def bar_to_order(release: Release, books: BooksView, now: datetime) -> Reason | None:
    """Return why an order may not be carried out at `now`, or None."""
    if not release.is_order or release.expires_at is None:
        return _refused("the release is no order: it carries its reads, or opens a standing share")
    if now >= release.expires_at:
        return _refused(f"the order has expired at {release.expires_at.isoformat()}; ask again")
    return _barred(release, release.selector, release.data_types, books, now)


def bar_to_image(release: Release, read_id: str, books: BooksView, now: datetime) -> Reason | None:
    """Return why the image of a read in the release may not be fetched at `now`, or None."""
    if now >= release.issued_at + IMAGE_LIFETIME:
        return _refused("images can be fetched for seven days after the release; ask again")
    read = read_in(release, read_id)
    if read is None or read.image_reference is None:
        return _refused("the release names no image of that read")
    selector = Selector(
        read_ids=(read.read_id,), window_from=read.captured_at, window_to=read.captured_at + _AT_ONCE
    )
    return _barred(release, selector, (DataType.IMAGE,), books, now)


def read_in(release: Release, read_id: str) -> PlateRead | None:
    """Return the read of that id among those that the release carries."""
    return next((read for read in release.records if read.read_id == read_id), None)


def _barred(
    release: Release,
    selector: Selector,
    data_types: tuple[DataType, ...],
    books: BooksView,
    now: datetime,
) -> Reason | None:
    policy, entity = books.policy(), books.entity(release.entity_id)
    if policy is None or entity is None:
        return _refused("the books hold no policy, or the recipient no more")
    request = SharingRequest(
        request_id=release.request_id,
        kind=RequestKind.RECORD_REQUEST,
        initiated_by=Initiator.RECIPIENT,
        recipient_name=entity.name,
        recipient_id=release.entity_id,
        # Who carries it out is on record elsewhere; here it only has to be somebody.
        requested_by=Requester(user="as released", organisation=entity.name),
        authenticated_as=release.entity_id,
        purpose_code=release.purpose_code,
        reason_text="as released",
        case_number="as released",
        data_types=data_types,
        scopes=release.scopes,
        networks=release.networks,
        selector=selector,
        requested_at=release.issued_at,
    )
    (reasons, _), _ = judged(request, books, policy, now)
    return next((one for one in reasons if _stands(one)), None)


def _stands(reason: Reason) -> bool:
    return reason.verdict is Verdict.BLOCK and reason.code not in _DECIDED_BEFORE


def _refused(message: str) -> Reason:
    return refuse(ReasonCode.ORDER_REFUSED, "release", message)
