"""The file of the agency's policy text: a key for each section that the statute requires."""

from streams.codecs.marked_yaml import parse
from streams.codecs.yaml_kinds import ANY_TEXT, TEXT
from streams.errors import InputError
from streams.policy.policy_text import SECTIONS, PolicyText, missing_sections


def read_policy_text(text: str, name: str) -> PolicyText:
    """Return the policy text; `name` is the file's name in messages.

    Raises:
        InputError: it is no such file, or a section is missing: a line for each, with the clause.
    """
    fields = parse(text, name)
    sections = {section.key: fields.maybe(section.key, ANY_TEXT) for section in SECTIONS}
    found = PolicyText(
        sections={key: value.strip() for key, value in sections.items() if value is not None},
        public_comment=fields.maybe("public_comment", TEXT),
        contact=fields.maybe("contact", TEXT),
    )
    fields.done()
    fields.problems.raise_if_any()
    missing = missing_sections(sections)
    if missing:
        lines = (f"{name}: {one.key}: expected the section that {one.clause} requires" for one in missing)
        raise InputError("\n".join(lines))
    return found
