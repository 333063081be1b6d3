"""Requests given to a command: one JSON document, or a line of JSON each; and the books from files."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import click
import orjson

from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.codecs.request_json import request_from_json
from streams.errors import CodecError, InputError
from streams.examples import read_example
from streams.policy.books import Books
from streams.policy.policy_in_force import PolicyInForce, put_in_force
from streams.policy.request import SharingRequest


def read_requests(file: BinaryIO) -> Iterator[SharingRequest]:
    """Yield the requests of a file as they come: a line each, or all of it as one document.

    Raises:
        InputError: at the first that is no request, with the file and the line.
    """
    # Line by line, so that a pipe is answered as it comes and a long file is never held whole.
    number = 0
    for line in file:
        number += 1
        if not line.strip():
            continue
        # One document of many lines, or no JSON at all: what follows tells, and the message names this line.
        if not _is_whole(line):
            yield _request(line + file.read(), name_of(file), number)
            return
        yield _request(line, name_of(file), number)


def _is_whole(line: bytes) -> bool:
    """Tell whether the line by itself is JSON; if not, it begins a document of many lines."""
    with suppress(orjson.JSONDecodeError):
        orjson.loads(line)
        return True
    return False


def _request(text: bytes, name: str, line: int) -> SharingRequest:
    try:
        return request_from_json(text)
    except CodecError as error:
        # The codec knows the field, and only the reader of the file where it stands.
        raise InputError(f"{name}:{line}: {error}") from error


def name_of(file: BinaryIO) -> str:
    """Return how messages name the file; a stream without a name is the standard input."""
    return str(getattr(file, "name", "<stdin>"))


def text_of_file(file: BinaryIO) -> str:
    """Return the text of an open file, which must be UTF-8."""
    try:
        return file.read().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{name_of(file)}: expected UTF-8 text, got other bytes at {error.start}") from error


def registry_of_file(path: Path | None) -> Books:
    """Return books with the entities of the file alone; those of the example if there is none."""
    books = Books()
    for entity in read_registry(*_given_or_example(path, "registry")):
        books.put_entity(entity)
    return books


def books_of_files(registry: Path | None, agreements: Path | None) -> Books:
    """Return books with the entities and agreements of the files; examples stand in for what is not given."""
    books = registry_of_file(registry)
    for agreement in read_agreements(*_given_or_example(agreements, "agreements")):
        books.put_agreement(agreement)
    books.revision = 0  # files have no history: what they hold is the first and only revision
    return books


def policy_of_file(path: Path | None) -> PolicyInForce:
    """Return the policy of the file, ready for the rules; the example if there is none."""
    return put_in_force(read_policy(*_given_or_example(path, "policy")))


def _given_or_example(path: Path | None, what: str) -> tuple[str, str]:
    """Return the text and the name of the file, or of the example that stands in; say so on stderr."""
    if path is None:
        click.echo(f"no --{what} given: the example {what}.yaml of this installation is used", err=True)
        return read_example(f"{what}.yaml"), f"example {what}.yaml"
    with path.open("rb") as file:
        return text_of_file(file), str(path)


def is_for_people() -> bool:
    """Tell whether somebody watches stderr, and so wants progress."""
    return sys.stderr.isatty()
