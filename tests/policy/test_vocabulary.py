import pytest

from streams.policy.vocabulary import (
    AgreementOrigin,
    AgreementStatus,
    ClearedBy,
    DataType,
    EntityClass,
    EntityStatus,
    Initiator,
    Purpose,
    ReasonCode,
    RecordKind,
    RequestKind,
    Scope,
    Tier,
    Verdict,
    Word,
)

WORDS = (
    AgreementOrigin, AgreementStatus, ClearedBy, DataType, EntityClass, EntityStatus, Initiator, Purpose,
    RecordKind, RequestKind, Scope, Tier, Verdict,
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_an_unlisted_value_reads_as_unknown(word: type[Word]) -> None:
    assert word.read("no such value").value == "unknown"
    assert [word.read(member.value) for member in word] == list(word)


@pytest.mark.parametrize("word", [*WORDS, ReasonCode])
def test_a_member_equals_its_text_and_hashes_like_it(word: type[Word]) -> None:
    assert dict.fromkeys(word, 1) == {str(member.value): 1 for member in word}
