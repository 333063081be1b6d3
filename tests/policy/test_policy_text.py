import pytest

from streams.policy.policy_text import SECTIONS, missing_sections

WHOLE = {section.key: f"Text of {section.heading}." for section in SECTIONS}


def test_a_policy_with_every_section_lacks_none() -> None:
    assert missing_sections(WHOLE) == ()


@pytest.mark.parametrize("text", [None, "", "\u00a0", "TBD", "to be written", "N.A."])
def test_a_stand_in_for_a_text_is_no_section(text: str | None) -> None:
    for section in SECTIONS:
        assert missing_sections({**WHOLE, section.key: text}) == (section,)


def test_what_is_not_there_is_missing_in_the_order_of_the_statute() -> None:
    assert missing_sections({}) == SECTIONS
