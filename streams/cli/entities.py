"""`alpr-gate entities`: who can ask and receive, and as what in law."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import click

from streams.books.loader import read_books
from streams.books.plan import planned_entities
from streams.cli.books_options import (
    apply_plan,
    author_of,
    by_option,
    file_argument,
    form_option,
    key_option,
    why_option,
)
from streams.cli.books_output import print_fields, print_json, print_rows
from streams.cli.request_input import name_of, text_of_file
from streams.cli.work import run
from streams.codecs.files import read_registry
from streams.errors import InputError
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.vocabulary import EntityId
from streams.settings import load_settings

# Columns of a narrow terminal.
FEW = 4


@click.group()
def entities() -> None:
    """List, show and apply entities.

    \b
    Example: alpr-gate entities apply registry.yaml
    """


@entities.command()
@file_argument
@by_option
@key_option
@why_option
def apply(file: BinaryIO, by: str, reason: str, key: Path | None) -> None:
    """Put the entities of FILE on the books.

    A file with a mistake is refused as a whole. What widens waits for a second custodian, where changes are
    signed; what narrows counts at once.

    What would let through something that the statute forbids is refused (exit code 3) with a request that
    shows it.

    \b
    Example: alpr-gate entities apply registry.yaml --key castro.key --reason "first registry"
    """
    apply_plan(planned_entities(read_registry(text_of_file(file), name_of(file))), author_of(by, reason, key))


@entities.command("list")
@form_option
def list_(form: str) -> None:
    """List every entity.

    \b
    Example: alpr-gate entities list --json > registry.json
    """
    books = run(read_books(load_settings()))
    found = tuple(books.entities())
    if form == "json":
        # Under the key that `apply` reads, so that the list can be edited and applied.
        print_json({"entities": found})
    else:
        print_rows(sorted(found, key=lambda each: each.entity_id), _columns(books), FEW)


def _columns(books: Books) -> Mapping[str, Callable[[Entity], str]]:
    """Return the columns, the most wanted first."""
    return {
        "entity": lambda one: one.entity_id,
        "class": lambda one: one.entity_class,
        "status": lambda one: one.status,
        "name": lambda one: one.name,
        "jurisdiction": lambda one: one.jurisdiction,
        "parent": lambda one: one.parent or "-",
        "agreements": lambda one: str(len(books.agreements_of(one.entity_id))),
    }


@entities.command()
@click.argument("entity_id", metavar="ID")
@form_option
def show(entity_id: str, form: str) -> None:
    """Show all of one entity.

    \b
    Example: alpr-gate entities show us-ca-burbank-pd
    """
    found = run(read_books(load_settings())).entity(EntityId(entity_id))
    if found is None:
        raise InputError(
            f"there is no entity `{entity_id}` that can be read; `alpr-gate entities list` shows all"
        )
    if form == "json":
        print_json({"entities": (found,)})
    else:
        print_fields(found)
