"""YAML with line numbers: what the readers of policy, registry and agreements stand on.

The field decides what a value is, never its look: a value is read from its characters as written, so `NO`
is a word, `010` is no number and `2026-01-02` is a date only where a date is asked for. Aliases are refused,
because a file that two people sign must read the same to every reader and may not grow when read.
All problems of a file are collected, and reported together with file, line and field.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import yaml

from streams.errors import InputError

T = TypeVar("T")

# What a person reads before correcting the first ones.
MOST_TOLD = 20
# No file of ours nests half as deep; the parser recurses.
DEEPEST = 12
# the parser in C is ten times faster, and is in every published wheel of PyYAML
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# none written, or the `!` that a quoted value carries
HARMLESS_TAGS = (None, "!")
NO_KEYS = yaml.MappingNode("tag:yaml.org,2002:map", [])


class UnexpectedError(ValueError):
    """A value is not what its field asks for; the text says what was expected, `node` where inside it."""

    def __init__(self, expected: str, node: yaml.Node | None = None) -> None:
        super().__init__(expected)
        self.node = node


@dataclass(slots=True)
class Problems:
    """The problems of one file, by line."""

    name: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, node: yaml.Node | yaml.Event, path: str, expected: str) -> None:
        """Note that at `node`, in the field `path`, something else was expected."""
        line = node.start_mark.line + 1 if node.start_mark else 1
        self.found.append((line, f"{path}: {expected}" if path else expected))

    def raise_if_any(self) -> None:
        """Raise all that was found as one error, first line first.

        Raises:
            InputError: there is a problem; at most twenty are told, in the order of their lines.
        """
        if not self.found:
            return
        lines = [f"{self.name}:{line}: {text}" for line, text in sorted(self.found)]
        more = [f"{self.name}: and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []
        raise InputError("\n".join(lines[:MOST_TOLD] + more))


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How to read one value: the function, and what stands in for a value that cannot be read.

    The stand-in only lets the reader go on to find more problems; a file with a problem gives no value.
    """

    read: Callable[[yaml.Node], T]
    blank: T


class Fields:
    """One mapping of a file, whose keys are asked for one by one; the rest are unknown keys."""

    def __init__(self, node: yaml.Node, path: str, problems: Problems) -> None:
        self.node, self.path, self.problems = node, path, problems
        self._values: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        if isinstance(node, yaml.MappingNode):
            self._take(node)
        else:
            problems.add(node, path, f"expected keys with values, got {described(node)}")
            self.problems = Problems(problems.name)  # what its keys lack is no news after that

    def _take(self, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            # YAML lets the last one win; whoever reads the file from the top sees the first.
            if name in self._keys:
                self.problems.add(key, self._of(name), "expected each key once, got it again")
            self._keys[name], self._values[name] = key, value

    def _of(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def required(self, key: str, kind: Kind[T]) -> T:
        """Return the value of `key`; a missing one is a problem."""
        node = self._values.pop(key, None)
        if node is None:
            self.problems.add(self.node, self._of(key), "expected this key, got none")
            return kind.blank
        return self._read(key, node, kind)

    def optional(self, key: str, kind: Kind[T], default: T) -> T:
        """Return the value of `key`, or `default` when the key is not there."""
        node = self._values.pop(key, None)
        return default if node is None else self._read(key, node, kind)

    def maybe(self, key: str, kind: Kind[T]) -> T | None:
        """Return the value of `key`, or None when the key is not there or null."""
        node = self._values.pop(key, None)
        return None if node is None or is_null(node) else self._read(key, node, kind)

    def _read(self, key: str, node: yaml.Node, kind: Kind[T]) -> T:
        try:
            return kind.read(node)
        except UnexpectedError as error:
            self.problems.add(error.node or node, self._of(key), str(error))
            return kind.blank

    def inner(self, key: str) -> "Fields | None":
        """Return the mapping at `key`, or None when the key is not there or null."""
        node = self._values.pop(key, None)
        return None if node is None or is_null(node) else Fields(node, self._of(key), self.problems)

    def needed(self, key: str) -> "Fields":
        """Return the mapping at `key`; a missing one is a problem."""
        node = self._values.pop(key, None)
        if node is not None:
            return Fields(node, self._of(key), self.problems)
        self.problems.add(self.node, self._of(key), "expected this key, got none")
        return Fields(NO_KEYS, self._of(key), Problems(self.problems.name))

    def each(self, key: str) -> "Iterator[Fields]":
        """Yield the mappings of the list at `key`; no key is an empty list."""
        node = self._values.pop(key, None)
        if node is not None:
            yield from self._inside(key, node)

    def each_required(self, key: str) -> "Iterator[Fields]":
        """Yield the mappings of the list at `key`; a missing one is a problem."""
        if key not in self._values:
            self.problems.add(self.node, self._of(key), "expected this key, got none")
        yield from self.each(key)

    def _inside(self, key: str, node: yaml.Node) -> "Iterator[Fields]":
        if not isinstance(node, yaml.SequenceNode):
            self.problems.add(node, self._of(key), f"expected a list, got {described(node)}")
            return
        for place, item in enumerate(node.value):
            yield Fields(item, f"{self._of(key)}[{place}]", self.problems)

    def rest(self, kind: Kind[T]) -> dict[str, T]:
        """Return all keys that nobody asked for yet, as one open mapping."""
        return {key: self.required(key, kind) for key in list(self._values)}

    def wrong(self, key: str, expected: str) -> None:
        """Note a problem of a key that was read before."""
        self.problems.add(self._keys.get(key, self.node), self._of(key), expected)

    @property
    def line(self) -> int:
        """The line on which the mapping starts, from 1."""
        return int(self.node.start_mark.line) + 1

    def done(self) -> None:
        """Note every key that nobody asked for as unknown."""
        for key in self._values:
            self.problems.add(self._keys[key], self._of(key), "expected no such key")


def parse(text: str, name: str) -> Fields:
    """Return the one document in `text` as fields; `name` is the file's name in every message.

    Raises:
        InputError: it is no YAML, is empty, or has aliases, tags or more than twelve levels.
    """
    problems = Problems(name)
    try:
        _check_events(text, problems)
        # Composed, not loaded: the tree has the characters and the lines, and nothing is constructed.
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise InputError(f"{name}:{line}: expected YAML or JSON: {error.problem}") from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise InputError(f"{name}: expected YAML or JSON in UTF-8 without control characters") from error
    if node is None:
        raise InputError(f"{name}:1: expected keys with values, got an empty file")
    fields = Fields(node, "", problems)
    problems.raise_if_any()
    return fields


def _check_events(text: str, problems: Problems) -> None:
    """Refuse aliases, tags, and nesting that no record has, before a tree is built.

    The composer in C recurses without a limit, so that deep nesting would end the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            problems.add(event, "", "expected no alias: write the value out where it is used")
        elif (tag := getattr(event, "tag", None)) not in HARMLESS_TAGS:
            problems.add(event, "", f"expected no tag, got `{tag}`")
        elif depth > DEEPEST:
            problems.add(event, "", f"expected at most {DEEPEST} levels")
            break
    problems.raise_if_any()


def is_null(node: yaml.Node) -> bool:
    """Tell whether the value is null, `~` or nothing at all."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def described(node: yaml.Node) -> str:
    """Return how a message speaks of the value."""
    if isinstance(node, yaml.ScalarNode):
        return "nothing" if is_null(node) else f"`{node.value[:60]}`"
    return "a list" if isinstance(node, yaml.SequenceNode) else "keys with values"
