"""A processor: who hosts, tows or sells systems for the agency, and holds its data under a contract.

Source: Civ. Code 1798.90.55(b): hosting and towing are no sharing; the State Auditor (2019-118) found cloud
contracts without guarantees. So processors stand in a register of their own and are never recipients: an id
that is a processor's is barred as a recipient's, whatever the registry of entities says of it.
"""

from dataclasses import dataclass

from streams.policy.agreement import ContractReview
from streams.policy.vocabulary import DataType, ProcessorId, ProcessorKind, ProcessorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """One processor as it stands now.

    `purpose` is what it does for the agency, `holds` which information it holds. `contract_digest` is the hex
    SHA-256 of the contract on paper; `clause_reference` is where it forbids to use or pass on what is held.
    """

    processor_id: ProcessorId
    name: str
    kind: ProcessorKind
    status: ProcessorStatus
    purpose: str
    holds: tuple[DataType, ...]
    contract_reference: str | None = None
    contract_digest: str | None = None
    clause_reference: str | None = None
    clause_reviewed: ContractReview | None = None
