"""Entries of the books for tests: lawful, complete, and different by one name."""

from datetime import UTC, datetime

from streams.policy.agency_policy import Agency, AgencyPolicy
from streams.policy.agreement import Agreement, ContractReview, NeedEvaluation
from streams.policy.entity import Entity, Evidence
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.processor import Processor
from streams.policy.user import Authorisation, User
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    DataType,
    EntityClass,
    EntityId,
    EntityStatus,
    EvidenceHoldId,
    EvidenceHoldStatus,
    ProcessorId,
    ProcessorKind,
    ProcessorStatus,
    Purpose,
    Scope,
    UserId,
    UserStatus,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def entity(name: str = "burbank") -> Entity:
    return Entity(
        entity_id=EntityId(name),
        name=f"{name} police department",
        aliases=(f"{name} pd",),
        entity_class=EntityClass.LOCAL_LAW_ENFORCEMENT,
        jurisdiction="US-CA",
        evidence=Evidence(source="city charter", verified_by="counsel", verified_at=NOW),
        status=EntityStatus.ACTIVE,
    )


def agreement(
    agreement_id: str = "burbank-2026",
    *,
    entity_id: str = "burbank",
    version: int = 1,
    status: AgreementStatus = AgreementStatus.ACTIVE,
) -> Agreement:
    return Agreement(
        agreement_id=AgreementId(agreement_id),
        version=version,
        entity_id=EntityId(entity_id),
        status=status,
        start=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2028, 1, 1, tzinfo=UTC),
        data_types=(DataType.PLATE_READ,),
        scopes=(Scope.SEARCH,),
        networks=("*",),
        purposes=(Purpose.CRIMINAL_INVESTIGATION,),
        fields=("plate", "captured_at"),
        max_record_age="P30D",
        live_feed=False,
        onward_sharing_prohibited=True,
        clause_reference="section 7",
        clause_text="The recipient shall not share the information with anyone.",
        contract_reviewed=ContractReview(by="counsel", at=NOW, due=datetime(2027, 12, 1, tzinfo=UTC)),
        need_evaluation=NeedEvaluation(by="custodian", at=NOW, text="joint investigations"),
        signed_by=("chief", "chief of the recipient"),
        origin=AgreementOrigin.SIGNED,
    )


def policy(*, case_number: bool = True) -> AgencyPolicy:
    return AgencyPolicy(
        agency=Agency(entity_id=EntityId("us-ca-lapd"), name="Los Angeles Police Department"),
        purposes=(Purpose.CRIMINAL_INVESTIGATION,),
        visible_for="P2Y",
        retained_for="P5Y",
        require_case_number=case_number,
        clock_skew="PT2M",
        request_max_age="P7D",
        hold_deadline="P3D",
        max_window="P30D",
        screening={"immigration": ("ice",), "protected_health_care": (), "placeholder": ("test",)},
    )


def evidence_hold(hold_id: str = "evidence-1", *, version: int = 1) -> EvidenceHold:
    return EvidenceHold(
        hold_id=EvidenceHoldId(hold_id),
        version=version,
        status=EvidenceHoldStatus.ACTIVE,
        case_number="26-001234",
        form="Form 15.02.00",
        reason="reads of the vehicle at the robbery",
        contact="robbery division",
        requested_by="det. requester",
        approved_by="lt. approver",
        approved_at=NOW,
        reverify_due=datetime(2028, 11, 23, 12, tzinfo=UTC),
        plates=("8ABC123",),
        window_from=datetime(2023, 5, 1, tzinfo=UTC),
        window_to=datetime(2023, 6, 1, tzinfo=UTC),
    )


def user(user_id: str = "N41733", *, status: UserStatus = UserStatus.ACTIVE) -> User:
    return User(
        user_id=UserId(user_id),
        entity_id=policy().agency.entity_id,
        status=status,
        authorised=Authorisation(by="lt. supervisor", at=datetime(2026, 1, 5, tzinfo=UTC)),
        trained_at=datetime(2026, 1, 10, tzinfo=UTC),
        last_active_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def processor(processor_id: str = "cloud-host") -> Processor:
    return Processor(
        processor_id=ProcessorId(processor_id),
        name="Cloud Host Inc",
        kind=ProcessorKind.HOSTING,
        status=ProcessorStatus.ACTIVE,
        purpose="keeps the reads",
        holds=(DataType.PLATE_READ,),
        contract_reference="C-22-0417",
        contract_digest="0" * 64,
        clause_reference="section 12(c)",
        clause_reviewed=ContractReview(by="counsel", at=NOW, due=datetime(2027, 12, 1, tzinfo=UTC)),
    )
