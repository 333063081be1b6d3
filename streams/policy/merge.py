"""Two versions of one request made into one: the later may fill what the earlier lacks, and nothing else.

Pure and without the hold's life: `streams.policy.holds` says what a changed field means. Every field is asked
for its own sake, so that a supplement with another plate is told from one with a plate at last.
"""

from dataclasses import replace
from typing import TypeVar

from streams.policy.names import is_blank
from streams.policy.request import Requester, Selector, SharingRequest

_Value = TypeVar("_Value")


class _Merger:
    """Merges field by field and notes each field that was given and is given differently."""

    def __init__(self) -> None:
        self.changed: list[str] = []

    def fill(self, field: str, earlier: _Value, later: _Value) -> _Value:
        """Return the earlier value, or the later one where the earlier is missing."""
        if _is_missing(earlier):
            return later
        if earlier != later and not _is_missing(later):
            self.changed.append(field)
        return earlier

    def requester(self, earlier: Requester, later: Requester) -> Requester:
        """Return who asks."""
        return Requester(
            user=self.fill("requested_by.user", earlier.user, later.user),
            organisation=self.fill("requested_by.organisation", earlier.organisation, later.organisation),
            on_behalf_of=self.fill("requested_by.on_behalf_of", earlier.on_behalf_of, later.on_behalf_of),
        )

    def selector(self, earlier: Selector, later: Selector) -> Selector:
        """Return which reads are meant."""
        return Selector(
            plate=self.fill("selector.plate", earlier.plate, later.plate),
            read_ids=self.fill("selector.read_ids", earlier.read_ids, later.read_ids),
            window_from=self.fill("selector.window_from", earlier.window_from, later.window_from),
            window_to=self.fill("selector.window_to", earlier.window_to, later.window_to),
        )


def merge(earlier: SharingRequest, later: SharingRequest) -> tuple[SharingRequest, tuple[str, ...]]:
    """Return the earlier request with the gaps filled, and the fields that the later one would change.

    Ids, kind, initiator and sender may not even be filled: they say which request it is, and whose.
    """
    merger = _Merger()
    for field, before, after in (
        ("request_id", earlier.request_id, later.request_id),
        ("kind", earlier.kind, later.kind),
        ("initiated_by", earlier.initiated_by, later.initiated_by),
        ("authenticated_as", earlier.authenticated_as, later.authenticated_as),
        # Left out it says nothing: what was urgent stays so.
        ("exigent", earlier.exigent, later.exigent or earlier.exigent),
    ):
        if before != after:
            merger.changed.append(field)
    # From the later on: seal, channel and minimum revision are those of the record that is decided now.
    merged = replace(
        later,
        exigent=earlier.exigent,
        requested_by=merger.requester(earlier.requested_by, later.requested_by),
        selector=merger.selector(earlier.selector, later.selector),
        recipient_name=merger.fill("recipient_name", earlier.recipient_name, later.recipient_name),
        recipient_id=merger.fill("recipient_id", earlier.recipient_id, later.recipient_id),
        recipient_contact=merger.fill(
            "recipient_contact", earlier.recipient_contact, later.recipient_contact
        ),
        purpose_code=merger.fill("purpose_code", earlier.purpose_code, later.purpose_code),
        offence_code=merger.fill("offence_code", earlier.offence_code, later.offence_code),
        reason_text=merger.fill("reason_text", earlier.reason_text, later.reason_text),
        case_number=merger.fill("case_number", earlier.case_number, later.case_number),
        data_types=merger.fill("data_types", earlier.data_types, later.data_types),
        scopes=merger.fill("scopes", earlier.scopes, later.scopes),
        networks=merger.fill("networks", earlier.networks, later.networks),
        records=merger.fill("records", earlier.records, later.records),
        consideration=merger.fill("consideration", earlier.consideration, later.consideration),
        requested_at=later.requested_at or earlier.requested_at,
    )
    return merged, tuple(merger.changed)


def _is_missing(value: object) -> bool:
    # As the access record sees it: a blank that cannot be seen was never given.
    return value is None or value == () or (isinstance(value, str) and is_blank(value))
