"""A search that somebody made in ALPR data, as a log tells of it: the agency's own, or a partner's.

It is over when it is told, so nothing is decided about it: it goes on record (Civ. Code 1798.90.52) and is
looked at. Nothing of it is proven. Vendors have blanked plates and names in such logs, and dropped columns,
so that every part of it may be missing, and what is missing is a finding.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from streams.policy.digest import canonical, derived_id
from streams.policy.vocabulary import DecisionId, Purpose, QueryId

# As `source` of what the agency's own system tells of its own users.
OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFrom:
    """Where a row of an export stood; `line` is that of its first line, and the digest a hex SHA-256."""

    form: str
    file_digest: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryEvent:
    """One search. Texts are as the log has them, None is what it does not have. Instants are UTC.

    `query_id` is the same whenever the same log tells of it again. `source` is `own`, or names the log:
    a partner's portal or the vendor's export. `window_from` and `window_to` bound the reads that were
    searched. `moderation` is what the vendor's own check of the prompt said.
    """

    query_id: QueryId
    source: str
    organisation: str
    user: str
    searched_at: datetime | None
    plate: str | None = None
    filters: str | None = None
    text_prompt: str | None = None
    search_type: str | None = None
    networks_searched: int | None = None
    devices_searched: int | None = None
    window_from: datetime | None = None
    window_to: datetime | None = None
    purpose_code: Purpose | None = None
    offence: str | None = None
    reason_text: str | None = None
    case_number: str | None = None
    moderation: str | None = None
    imported_from: ImportedFrom | None = None


def access_id_of(event: QueryEvent) -> DecisionId:
    """Return the id of the record of what is told: the same telling of a search has the same one."""
    return DecisionId(derived_id(f"query\n{event.query_id}\n{query_digest(event)}"))


def query_digest(event: QueryEvent) -> str:
    """Return the hex SHA-256 of what is told of the search, wherever it was told.

    Without `imported_from`: a later export that tells the same is no news, and one that tells another reason
    for the same search is.
    """
    content: dict[str, object] = {
        "case_number": event.case_number,
        "devices_searched": event.devices_searched,
        "filters": event.filters,
        "moderation": event.moderation,
        "networks_searched": event.networks_searched,
        "offence": event.offence,
        "organisation": event.organisation,
        "plate": event.plate,
        "purpose_code": event.purpose_code,
        "query_id": event.query_id,
        "reason_text": event.reason_text,
        "search_type": event.search_type,
        "searched_at": event.searched_at,
        "source": event.source,
        "text_prompt": event.text_prompt,
        "user": event.user,
        "window_from": event.window_from,
        "window_to": event.window_to,
    }
    return hashlib.sha256(canonical(content)).hexdigest()
