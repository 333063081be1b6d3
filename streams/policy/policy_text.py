"""The usage and privacy policy as the agency words it, section by section, as the statute lists them.

Civ. Code 1798.90.51(b)(2) for operators and 1798.90.53(b)(2) for end-users; an agency is both, and one text
may serve both. Without a complete and posted policy, collecting is itself a harm (.54). No word of it is
judged here but whether it is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.policy.alias_index import spoken
from streams.policy.names import is_blank

# What people write where a text is still to come, as it is spoken.
_STAND_INS = frozenset(
    {"todo", "tbd", "tba", "to do", "to be determined", "to be written", "n a", "na", "none"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section that the statute requires: its key in the file, its heading, and where it is required."""

    key: str
    heading: str
    clause: str


def _section(key: str, heading: str, letter: str) -> Section:
    clause = f"Civ. Code 1798.90.51(b)(2)({letter}), 1798.90.53(b)(2)({letter})"
    return Section(key=key, heading=heading, clause=clause)


SECTIONS = (
    _section("authorised_purposes", "Purposes for which ALPR may be used", "A"),
    _section("job_titles", "Who may use it, by job title", "B"),
    _section("training", "Training", "B"),
    _section("monitoring", "How security and compliance are monitored", "C"),
    Section(key="periodic_audits", heading="Periodic audits", clause="Civ. Code 1798.90.53(b)(2)(C)"),
    _section("sharing_purposes", "Purposes of sale, sharing or transfer", "D"),
    _section("sharing_process", "Process for sale, sharing or transfer", "D"),
    _section("sharing_restrictions", "Restrictions on sale, sharing or transfer", "D"),
    _section("custodian_title", "Official custodian, by title", "E"),
    _section("accuracy", "Accuracy, and how errors are corrected", "F"),
    _section("retention", "How long information is kept", "G"),
    _section("destruction", "How it is decided whether and when to destroy it", "G"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The sections by their keys, and two texts that may be absent.

    `public_comment` says when and where the programme was open to public comment (1798.90.55(a)), `contact`
    where to write: an office, not a person.
    """

    sections: Mapping[str, str]
    public_comment: str | None = None
    contact: str | None = None


def missing_sections(sections: Mapping[str, str | None]) -> tuple[Section, ...]:
    """Return the sections that are not there, are blank, or hold a stand-in for a text to come."""
    return tuple(section for section in SECTIONS if _is_missing(sections.get(section.key)))


def _is_missing(text: str | None) -> bool:
    return text is None or is_blank(text) or spoken(text) in _STAND_INS
