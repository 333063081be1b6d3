"""A disclosure by legal process: what counsel signs, and the order that the records officer gets.

A subpoena is no sharing between agencies: who gets the records is in words, and no agreement is asked. It
names single reads, or one plate in a window that is over; nothing in it could open a standing share.
"""

from dataclasses import dataclass
from datetime import date, datetime

from streams.policy.request import Selector
from streams.policy.vocabulary import AuthorityKind, DataType, DecisionId, Issuer, Purpose, RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The document that compels or permits: what it is, who issued it, and the digest of its very bytes.

    `body` is the court or body in words, `jurisdiction` its ISO 3166-2 code or `US`, `reference` its own
    number. `dated` is the day on the document, and `document_digest` its SHA-256 in hex.
    """

    kind: AuthorityKind
    issuer: Issuer
    body: str
    jurisdiction: str
    reference: str
    dated: date | None
    document_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What is to be disclosed, to whom, and by which authority. Blank is not absent, and counts as missing.

    `disclosure_id` is used once: what was ruled on under it stays so. `recipient` is the court, counsel or
    requester in words. The instants are UTC; `at` is when it was signed, and `signer` by the key of whom.
    """

    disclosure_id: RequestId
    authority: Authority
    case_number: str
    recipient: str
    purpose_code: Purpose
    data_types: tuple[DataType, ...]
    selector: Selector
    signer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureOrder:
    """What the records officer carries out: exactly these records, for this recipient, and no others.

    `note` is what counsel has signed, so that whoever carries it out can check the signature for themselves.
    """

    decision_id: DecisionId
    disclosure_id: RequestId
    kind: AuthorityKind
    case_number: str
    recipient: str
    data_types: tuple[DataType, ...]
    selector: Selector
    note: str
    issued_at: datetime
