"""The file in which counsel drafts a disclosure by legal process: one document, its case, its records.

Whatever stands on the document stands here in words; a date in the window means 00:00 in Los Angeles. What
nobody could disclose (a blank, an unknown word, no record at all) is refused here with its line, before
anybody signs it.
"""

from datetime import datetime

from streams.codecs.marked_yaml import Fields, parse
from streams.codecs.yaml_kinds import AREA, DATE, ID, TEXT, instant, listed, word
from streams.policy.disclosure import Authority, Disclosure
from streams.policy.disclosures import ISSUERS
from streams.policy.request import Selector
from streams.policy.vocabulary import AuthorityKind, DataType, Issuer, Purpose, RequestId

_DRAFT = """\
# A disclosure by legal process. Fill it in, then sign it: alpr-gate disclosure sign
disclosure_id: {disclosure_id}
authority:
  kind: {kind}
  # whose signature the document bears: {issuers}
  issuer:
  # the court or body, in words
  body:
  # US-CA, or US for a federal court
  jurisdiction: US-CA
  # the document's own number and date
  reference:
  dated:
  document_digest: {digest}
case_number:
# the court, defence counsel, the requester: in words
recipient:
# criminal_investigation, non_criminal_investigation, administrative, civil, situational_awareness,
# public_safety_threat; immigration_enforcement and protected_health_care need a judge
purpose_code:
data_types: [{data_type}]
# one plate, or ids of single reads; a public-records request has neither, and gets aggregates
plate:
read_ids: []
# in the past, and no longer than the policy's longest window
window_from:
window_to:
"""


def disclosure_draft(disclosure_id: str, kind: AuthorityKind, document_digest: str) -> str:
    """Return the text of a draft that has to be filled in; it names who can issue such a document."""
    is_public = kind is AuthorityKind.PUBLIC_RECORDS_REQUEST
    return _DRAFT.format(
        disclosure_id=disclosure_id,
        kind=kind,
        issuers=" or ".join(sorted(ISSUERS[kind])),
        digest=document_digest,
        data_type=DataType.AGGREGATE if is_public else DataType.PLATE_READ,
    )


def read_disclosure_file(text: str, name: str, signer: str, at: datetime) -> Disclosure:
    """Return the disclosure in `text`, as `signer` would sign it at that instant.

    Raises:
        InputError: it is no disclosure, or something is missing; a line for each problem.
    """
    fields = parse(text, name)
    disclosure = Disclosure(
        disclosure_id=RequestId(fields.required("disclosure_id", ID)),
        authority=_authority(fields.needed("authority")),
        case_number=fields.required("case_number", TEXT),
        recipient=fields.required("recipient", TEXT),
        purpose_code=fields.required("purpose_code", word(Purpose)),
        data_types=fields.required("data_types", listed(word(DataType))),
        selector=Selector(
            plate=fields.maybe("plate", TEXT),
            read_ids=fields.optional("read_ids", listed(TEXT), ()),
            window_from=fields.required("window_from", instant()),
            window_to=fields.required("window_to", instant()),
        ),
        signer=signer,
        at=at,
    )
    fields.done()
    fields.problems.raise_if_any()
    return disclosure


def _authority(fields: Fields) -> Authority:
    authority = Authority(
        kind=fields.required("kind", word(AuthorityKind)),
        issuer=fields.required("issuer", word(Issuer)),
        body=fields.required("body", TEXT),
        jurisdiction=fields.required("jurisdiction", AREA),
        reference=fields.required("reference", TEXT),
        dated=fields.required("dated", DATE),
        document_digest=fields.required("document_digest", TEXT),
    )
    fields.done()
    return authority
