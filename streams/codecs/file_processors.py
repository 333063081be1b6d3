"""One processor of `processors.yaml`; a date in it means 00:00 in Los Angeles.

What is missing of its contract may be left out: a processor that is there has to be on the register whatever
its papers, and lint tells what they lack.
"""

import re
from collections.abc import Iterator

import yaml

from streams.codecs.marked_yaml import Fields, Kind, UnexpectedError
from streams.codecs.yaml_kinds import ID, TEXT, instant, listed, word
from streams.policy.agreement import ContractReview
from streams.policy.processor import Processor
from streams.policy.vocabulary import DataType, ProcessorId, ProcessorKind, ProcessorStatus

_DIGEST = re.compile(r"[0-9a-f]{64}")


def processor_from(fields: Fields) -> Processor:
    """Return the processor in `fields`; what is wrong with it stands in the problems of the file."""
    processor = Processor(
        processor_id=ProcessorId(fields.required("processor_id", ID)),
        name=fields.required("name", TEXT),
        kind=fields.required("kind", word(ProcessorKind)),
        status=fields.required("status", word(ProcessorStatus)),
        purpose=fields.required("purpose", TEXT),
        holds=fields.required("holds", listed(word(DataType))),
        contract_reference=fields.maybe("contract_reference", TEXT),
        contract_digest=fields.maybe("contract_digest", _SHA_256),
        clause_reference=fields.maybe("clause_reference", TEXT),
        clause_reviewed=_review(fields.inner("clause_reviewed")),
    )
    fields.done()
    return processor


def processor_claims(processor: Processor) -> Iterator[tuple[str, str]]:
    """Yield the processor's id: two that differ would leave open which is meant."""
    yield "processor_id", processor.processor_id


def _review(fields: Fields | None) -> ContractReview | None:
    if fields is None:
        return None
    review = ContractReview(
        by=fields.required("by", TEXT),
        at=fields.required("at", instant()),
        due=fields.required("due", instant()),
    )
    if review.due <= review.at:
        fields.wrong("due", "expected a time that is after `at`")
    fields.done()
    return review


def _digest(node: yaml.Node) -> str:
    text = TEXT.read(node)
    if not _DIGEST.fullmatch(text):
        raise UnexpectedError("expected a SHA-256 of 64 hex digits in lower case")
    return text


_SHA_256: Kind[str] = Kind(_digest, "")
