"""One hold of `evidence_holds.yaml`; a date in it means 00:00 in Los Angeles.

Required is everything that Form 15.02.00 asks for, and the window of capture times. What would lift nothing
is refused here, with its line, for on the books it would be passed over without a word.
"""

from collections.abc import Callable, Iterator

import yaml

from streams.codecs.marked_yaml import Fields, Kind, UnexpectedError
from streams.codecs.yaml_kinds import ID, TEXT, WHOLE, instant, listed, word
from streams.policy.evidence_hold import EvidenceHold, is_approved_by_another
from streams.policy.read_names import is_one_read, plate_key
from streams.policy.vocabulary import EvidenceHoldId, EvidenceHoldStatus


def evidence_hold_from(fields: Fields) -> EvidenceHold:
    """Return the hold in `fields`; what is wrong with it stands in the problems of the file."""
    hold = EvidenceHold(
        hold_id=EvidenceHoldId(fields.required("hold_id", ID)),
        version=fields.required("version", WHOLE),
        status=fields.required("status", word(EvidenceHoldStatus)),
        case_number=fields.required("case_number", TEXT),
        form=fields.required("form", TEXT),
        reason=fields.required("reason", TEXT),
        contact=fields.required("contact", TEXT),
        requested_by=fields.required("requested_by", TEXT),
        approved_by=fields.required("approved_by", TEXT),
        approved_at=fields.required("approved_at", instant()),
        reverify_due=fields.required("reverify_due", instant()),
        plates=fields.optional("plates", listed(_PLATE), ()),
        read_ids=fields.optional("read_ids", listed(_READ_ID), ()),
        window_from=fields.required("window_from", instant()),
        window_to=fields.required("window_to", instant()),
    )
    _check(fields, hold)
    fields.done()
    return hold


def evidence_hold_claims(hold: EvidenceHold) -> Iterator[tuple[str, str]]:
    """Yield the hold's id with its version: two that differ would leave open which was approved."""
    yield "hold_id", f"{hold.hold_id} version {hold.version}"


def _check(fields: Fields, hold: EvidenceHold) -> None:
    if hold.approved_by and not is_approved_by_another(hold):
        fields.wrong("approved_by", "expected somebody else than `requested_by`")
    if not hold.plates and not hold.read_ids:
        fields.wrong("plates", "expected `plates` or `read_ids`, got neither, which names nothing")
    if hold.window_to <= hold.window_from:
        fields.wrong("window_to", "expected an end that is after `window_from`")
    if hold.reverify_due <= hold.approved_at:
        fields.wrong("reverify_due", "expected a time that is after `approved_at`")


def _named(is_single: Callable[[str], object], expected: str) -> Kind[str]:
    def read(node: yaml.Node) -> str:
        name = TEXT.read(node)
        if not is_single(name):
            raise UnexpectedError(f"expected {expected}, without wildcards")
        return name

    return Kind(read, "")


_PLATE = _named(plate_key, "a plate of letters and digits")
_READ_ID = _named(is_one_read, "the id of one read")
