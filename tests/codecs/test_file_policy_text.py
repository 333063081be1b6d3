import pytest

from streams.codecs.file_policy_text import read_policy_text
from streams.errors import InputError
from streams.examples import read_example
from streams.policy.policy_text import SECTIONS

EXAMPLE = read_example("policy_text.yaml")


def text(**changes: str | None) -> str:
    sections = {section.key: "Something." for section in SECTIONS} | changes
    return "".join(f"{key}: {value}\n" for key, value in sections.items() if value is not None)


def test_the_example_is_complete() -> None:
    found = read_policy_text(EXAMPLE, "policy_text.yaml")
    assert found.sections["custodian_title"] == "Commanding officer of the information technology bureau"
    assert found.public_comment is None
    assert found.contact is not None


@pytest.mark.parametrize("key", [section.key for section in SECTIONS])
@pytest.mark.parametrize("value", [None, '" "', "TODO", "to be determined", "N/A", '"\\u200b"'])
def test_a_section_that_is_not_there_is_told_with_its_clause(key: str, value: str | None) -> None:
    with pytest.raises(InputError, match=rf"p.yaml: {key}: expected the section that Civ. Code 1798.90.5"):
        read_policy_text(text(**{key: value}), "p.yaml")


def test_all_missing_sections_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        read_policy_text(text(training=None, accuracy="TBD"), "p.yaml")
    assert str(told.value).count("\n") == 1


def test_a_misspelt_section_is_told() -> None:
    with pytest.raises(InputError, match="traning: expected no such key"):
        read_policy_text(text(traning="A course."), "p.yaml")
