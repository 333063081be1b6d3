"""A mark: what a request that was held for its content leaves behind, in pseudonyms."""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.vocabulary import DecisionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Who asked, and for which reads. The latest mark of a decision counts, up to `until`.

    `elements` stand for plates and ids of reads; without any, all in the window was asked for. A window
    without an end is open on that side.
    """

    decision_id: DecisionId
    who: str
    elements: tuple[str, ...]
    window_from: datetime | None
    window_to: datetime | None
    until: datetime
