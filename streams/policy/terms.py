"""An agreement compiled for the rules: sets instead of tuples, durations and zone parsed.

Compiling never fails, for the books may hold what no present reader would accept. What cannot be read becomes
None or an empty set, and the rules let nothing through for it. The agreement itself stays inside, for what is
told of it.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from streams.policy.agreement import Agreement, Obligation
from streams.policy.durations import Duration, parse_duration
from streams.policy.duties import Duty, duties_of
from streams.policy.names import is_blank
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    DataType,
    Purpose,
    Scope,
    Word,
)

_ACTIVE = AgreementStatus.ACTIVE
ALL_NETWORKS = ("*",)
_Word = TypeVar("_Word", bound=Word)
# Special Order 31 asks for an agreement, not for the intention to have one.
_PAPER_ONLY = frozenset({AgreementStatus.DRAFT, AgreementStatus.PROPOSED, AgreementStatus.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of an agreement, ready to be asked. What could not be read covers nothing.

    `max_record_age` and `zone` are None when they are no duration and no zone. `review_due` is None when no
    review is on record. `networks` is None for all networks. Before `quiet_until` nothing under an active
    agreement is over or overdue.
    """

    agreement: Agreement
    agreement_id: AgreementId
    version: int
    start: datetime
    end: datetime
    status: AgreementStatus
    is_concluded: bool
    data_types: frozenset[DataType]
    scopes: frozenset[Scope]
    networks: frozenset[str] | None
    purposes: frozenset[Purpose]
    max_record_age: Duration | None
    zone: tzinfo | None
    live_feed: bool
    obligations: tuple[Obligation, ...]
    duties: tuple[Duty, ...]
    prohibits_onward_sharing: bool
    reviewed_at: datetime | None
    review_due: datetime | None
    quiet_until: datetime

    def in_force(self, now: datetime, asked: datetime) -> bool:
        """Tell whether no rule about term, status, clause or review can fail; see `FORCE_RULES`."""
        return (
            self.status is _ACTIVE
            and self.prohibits_onward_sharing
            and self.reviewed_at is not None
            and self.review_due is not None
            # Both: an old request must not outlive the term, nor one made before it be kept until it starts.
            and self.start <= asked < self.end
            and self.start <= now < self.end
            and self.reviewed_at <= now < self.review_due
        )

    def window(self) -> tuple[datetime, datetime] | None:
        """Return when the agreement can forward while it is active, half-open like the term; None is never.

        By its term, its clause and its review; what the recipient owes may be met at any time.
        """
        if not self.prohibits_onward_sharing or self.reviewed_at is None or self.review_due is None:
            return None
        begin, end = max(self.start, self.reviewed_at), min(self.end, self.review_due)
        return (begin, end) if begin < end else None


def terms_of(agreement: Agreement) -> Terms:
    """Return the agreement compiled; total, for an unlawful agreement is answered by the rules."""
    review = agreement.contract_reviewed
    zone = zone_of(agreement.zone)
    duties = duties_of(agreement, zone)
    # A review by nobody is none: the order wants each contract reviewed, so somebody must have done it.
    if review is not None and is_blank(review.by):
        review = None
    reviewed_until = () if review is None else (review.due,)
    return Terms(
        agreement=agreement,
        agreement_id=agreement.agreement_id,
        version=agreement.version,
        start=agreement.start,
        end=agreement.end,
        status=agreement.status,
        is_concluded=is_concluded(agreement),
        data_types=_known(agreement.data_types),
        scopes=_known(agreement.scopes),
        networks=None if agreement.networks == ALL_NETWORKS else _named(agreement.networks),
        purposes=_known(agreement.purposes),
        max_record_age=parse_duration(agreement.max_record_age),
        zone=zone,
        live_feed=agreement.live_feed,
        obligations=agreement.obligations,
        duties=duties,
        prohibits_onward_sharing=prohibits_onward_sharing(agreement),
        reviewed_at=None if review is None else review.at,
        review_due=None if review is None else review.due,
        quiet_until=min((agreement.end, *reviewed_until, *(duty.overdue_at for duty in duties))),
    )


@lru_cache(maxsize=4096)
def _known(listed: tuple[_Word, ...]) -> frozenset[_Word]:
    """Return the words that can forward; agreements that list the same share one set in memory."""
    return frozenset(word for word in listed if word != "unknown")


def _named(networks: tuple[str, ...]) -> frozenset[str]:
    """Return the networks by name. A star among names is none: who reads a release takes it for all."""
    return frozenset(networks) - set(ALL_NETWORKS)


def is_concluded(agreement: Agreement) -> bool:
    """Tell whether it is more than a draft or proposal: somebody signed it, and its origin is known."""
    return (
        agreement.status not in _PAPER_ONLY
        and agreement.origin is not AgreementOrigin.UNKNOWN
        and any(not is_blank(signatory) for signatory in agreement.signed_by)
    )


def prohibits_onward_sharing(agreement: Agreement) -> bool:
    """Tell whether it has the clause that Special Order 31 asks for, with its text and reference."""
    return agreement.onward_sharing_prohibited and not (
        is_blank(agreement.clause_text) or is_blank(agreement.clause_reference)
    )


def zone_of(name: str) -> tzinfo | None:
    """Return the IANA zone of that name, or None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name of a file, or the name of a folder
        return None
