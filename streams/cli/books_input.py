"""What a trial compares: the books in force, from Kafka or from files, and what is tried instead."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from streams.books.entries import Entry, put_entry
from streams.books.index import BooksIndex
from streams.books.loader import read_index
from streams.books.signed_history import UnsignedHistory
from streams.cli.work import run
from streams.codecs.files import (
    read_agreements,
    read_evidence_holds,
    read_policy,
    read_processors,
    read_registry,
    read_users,
)
from streams.codecs.whole_file import read_text
from streams.rehearsal.amendment import Amendment
from streams.rehearsal.case_files import BOOKS, PROCESSORS, USERS
from streams.settings import load_settings

# What a folder for `--against` may hold beside the books.
_OPTIONAL: Mapping[str, Callable[[str, str], Iterable[Entry]]] = {
    "evidence_holds.yaml": read_evidence_holds,
    USERS: read_users,
    PROCESSORS: read_processors,
}


def books_in_force(folder: Path | None) -> BooksIndex:
    """Return the books of the folder's files, or of Kafka if there is no folder.

    Raises:
        InputError: a file is missing or wrong.
        UnavailableError: no broker answers, or there are no books there yet.
    """
    if folder is not None:
        return _books_of(folder)
    index = run(read_index(load_settings()))
    if index.faults:
        count = len(index.faults)
        click.echo(f"{count} entries of the books cannot be read, and are unusable on both sides", err=True)
    return index


def _books_of(folder: Path) -> BooksIndex:
    index = BooksIndex(UnsignedHistory())
    policy, registry, agreements = (folder / name for name in BOOKS)
    put_entry(index.books, read_policy(*_named(policy)))
    for entity in read_registry(*_named(registry)):
        put_entry(index.books, entity)
    for agreement in read_agreements(*_named(agreements)):
        put_entry(index.books, agreement)
    for name, read in _OPTIONAL.items():
        if (folder / name).exists():
            for entry in read(*_named(folder / name)):
                put_entry(index.books, entry)
    index.books.revision = 0  # files have no history: what they hold is the first and only revision
    return index


def amendment_of(policy: Path | None, registry: Path | None, agreements: Path | None) -> Amendment:
    """Return what the files would amend.

    Raises:
        InputError: one of them is wrong.
    """
    if policy is None and registry is None and agreements is None:
        raise click.UsageError("name what to try: --agreements, --policy or --registry")
    return Amendment(
        policy=None if policy is None else read_policy(*_named(policy)),
        entities=() if registry is None else read_registry(*_named(registry)),
        agreements=() if agreements is None else read_agreements(*_named(agreements)),
    )


def _named(path: Path) -> tuple[str, str]:
    return read_text(path), str(path)
