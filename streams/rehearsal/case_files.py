"""Cases that somebody wrote: a folder of YAML files, read into values, with the line of what is wrong.

`base.yaml` says what every case starts from. Every other file has cases under `scenarios`, which change
single fields of it and say what must come out. The gate's own rules are tested by files of the same form.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from streams.codecs.files import (
    read_agreements,
    read_policy,
    read_processors,
    read_registry,
    read_users,
)
from streams.codecs.marked_yaml import Fields, Kind, UnexpectedError, described, parse
from streams.codecs.whole_file import read_text
from streams.codecs.yaml_kinds import TEXT, WHOLE, listed
from streams.errors import InputError
from streams.policy.agreement import Agreement
from streams.policy.entity import Entity
from streams.policy.processor import Processor
from streams.policy.user import User
from streams.policy.vocabulary import ReasonCode, Verdict
from streams.rehearsal.case_ground import Ground
from streams.rehearsal.plain_values import Plain, PlainError

BASE = "base.yaml"
BOOKS = ("policy.yaml", "registry.yaml", "agreements.yaml")
# What a folder of books may have besides.
USERS, PROCESSORS = "users.yaml", "processors.yaml"
BASE_KEYS = ("now", "request")
# These a base has itself, or from the files of its `books`, a folder named from where it lies.
BOOKS_KEYS = ("policy", "entities")
_Word = TypeVar("_Word", bound=StrEnum)


class CaseKind(StrEnum):
    """Which side of the file's rule a case shows: it fires, it passes, or just at its boundary."""

    FIRES = "fires"
    PASSES = "passes"
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must come out. `field` and `message` are of the reason of the file's code; None asks nothing."""

    verdict: Verdict
    reasons: tuple[ReasonCode, ...] = ()
    leading_reason: ReasonCode | None = None
    agreement_id: str | None = None
    agreement_version: int | None = None
    field: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: where it stands, what is given, what happens, and what must come out.

    `code` is the rule that its file is about, if it is about one.
    """

    file: str
    line: int
    code: ReasonCode | None
    name: str
    kind: CaseKind | None
    given: Plain
    when: Plain
    then: Expected
    node: yaml.Node

    def wrong(self, part: str, error: PlainError) -> InputError:
        """Return the error with the file and the line of the field in `given` or `when` that it is about."""
        return _located(self.file, self.node, PlainError(str(error), part, *error.path))


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """The cases of one folder, and what they start from."""

    ground: Ground
    cases: tuple[Case, ...]


def read_cases(folder: Path) -> CaseFolder:
    """Return the cases of a folder, files by name.

    Raises:
        InputError: a file is missing or wrong; a line for each problem of its form.
    """
    ground = read_ground(folder)
    files = [path for path in sorted(folder.glob("*.yaml")) if path.name != BASE]
    cases = tuple(case for path in files for case in _cases_of(path))
    if not cases:
        raise InputError(f"{folder}: expected files with cases beside {BASE}, got none")
    return CaseFolder(ground, cases)


def read_ground(folder: Path) -> Ground:
    """Return what the cases of a folder start from.

    Raises:
        InputError: `base.yaml` is missing or wrong.
    """
    path = folder / BASE
    fields = parse(read_text(path), str(path))
    folder_of_books = fields.maybe("books", TEXT)
    for key in BASE_KEYS if folder_of_books is not None else BASE_KEYS + BOOKS_KEYS:
        fields.required(key, Kind(lambda _: None, None))
    fields.problems.raise_if_any()
    try:
        base = _plain(fields.node)
        base.pop("books", None)
        ground = Ground(base if folder_of_books is None else _books_in(folder / folder_of_books) | base)
        # Tried now: what is wrong with a case later can only be what the case changes.
        ground.books({})
        _try_request(ground)
    except UnexpectedError as error:
        raise _located(str(path), fields.node, PlainError(str(error))) from error
    except PlainError as error:
        raise _located(str(path), fields.node, error) from error
    return ground


def _try_request(ground: Ground) -> None:
    try:
        ground.request({})
    except PlainError as error:
        raise error.within("request") from error


def _books_in(folder: Path) -> Plain:
    """Return the books of a folder's files, in the form of a base."""
    policy, registry, agreements = (folder / name for name in BOOKS)
    users, processors = folder / USERS, folder / PROCESSORS
    return {
        "policy": asdict(read_policy(read_text(policy), str(policy))),
        "entities": _plain_all(read_registry(read_text(registry), str(registry))),
        "agreements": _plain_all(read_agreements(read_text(agreements), str(agreements))),
        "users": _plain_all(read_users(read_text(users), str(users))) if users.exists() else [],
        "processors": _plain_all(read_processors(read_text(processors), str(processors)))
        if processors.exists()
        else [],
    }


def _plain_all(values: Iterable[Entity | Agreement | User | Processor]) -> list[Plain]:
    return [asdict(each) for each in values]


def _cases_of(path: Path) -> Iterator[Case]:
    fields = parse(read_text(path), str(path))
    code = fields.optional("code", _word(ReasonCode), None)
    cases = [_case(each, code) for each in fields.each_required("scenarios")]
    fields.done()
    fields.problems.raise_if_any()
    yield from cases


def _case(fields: Fields, code: ReasonCode | None) -> Case:
    case = Case(
        file=fields.problems.name,
        line=fields.line,
        code=code,
        name=fields.required("name", TEXT),
        kind=fields.optional("kind", _word(CaseKind), None),
        given=fields.optional("given", _PLAIN, {}),
        when=fields.optional("when", _PLAIN, {}),
        then=_expected(fields.needed("then")),
        node=fields.node,
    )
    fields.done()
    return case


def _expected(fields: Fields) -> Expected:
    expected = Expected(
        verdict=fields.required("verdict", _word(Verdict)) or Verdict.UNKNOWN,
        reasons=fields.optional("reasons", listed(_word(ReasonCode)), ()),  # type: ignore[arg-type]  # no None
        leading_reason=fields.maybe("leading_reason", _word(ReasonCode)),
        agreement_id=fields.maybe("agreement_id", TEXT),
        agreement_version=fields.maybe("agreement_version", WHOLE),
        field=fields.maybe("field", TEXT),
        message=fields.maybe("message", TEXT),
    )
    fields.done()
    return expected


def _word(words: type[_Word]) -> Kind[_Word | None]:
    """Return the kind of a word of a fixed set; here one that nobody knows is a slip."""

    def read(node: yaml.Node) -> _Word:
        try:
            return words(TEXT.read(node))
        except ValueError as error:
            raise UnexpectedError(f"expected one of {', '.join(words)}, got {described(node)}") from error

    return Kind(read, None)


def _plain(node: yaml.Node) -> Plain:
    """Return a mapping as plain data."""
    try:
        plain = yaml.SafeLoader("").construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        raise UnexpectedError("expected plain values, got a time or a key that is none") from error
    if not isinstance(plain, dict):
        raise UnexpectedError(f"expected keys with values, got {described(node)}")
    return plain


_PLAIN: Kind[Plain] = Kind(_plain, {})


def _located(name: str, node: yaml.Node, error: PlainError) -> InputError:
    """Return the error with the line of its field, or of the innermost part around it that is written."""
    found = node
    for step in error.path:
        inner = _inside(found, step)
        if inner is None:
            break
        found = inner
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
    return InputError(f"{name}:{found.start_mark.line + 1}: {field.lstrip('.')}: {error}")


def _inside(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    return None
