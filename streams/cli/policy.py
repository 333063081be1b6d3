"""`alpr-gate policy`: the agency's own rules, which narrow what the statute allows."""

from pathlib import Path
from typing import BinaryIO

import click

from streams.books.loader import read_index
from streams.books.plan import planned_policy
from streams.cli.books_options import (
    apply_plan,
    author_of,
    by_option,
    file_argument,
    form_option,
    key_option,
    why_option,
)
from streams.cli.books_output import print_fields, print_json
from streams.cli.request_input import name_of, text_of_file
from streams.cli.terminal import console
from streams.cli.work import run
from streams.codecs.files import read_policy
from streams.errors import InputError
from streams.settings import load_settings


@click.group()
def policy() -> None:
    """Show and apply the agency's policy.

    \b
    Example: alpr-gate policy apply policy.yaml
    """


@policy.command()
@file_argument
@by_option
@key_option
@why_option
def apply(file: BinaryIO, by: str, reason: str, key: Path | None) -> None:
    """Put the policy of FILE in force.

    What would let through something that the statute forbids is refused (exit code 3) with a request that
    shows it.

    \b
    Example: alpr-gate policy apply policy.yaml --key castro.key --reason "policy of 2026"
    """
    read = read_policy(text_of_file(file), name_of(file))
    apply_plan(planned_policy(read), author_of(by, reason, key))


@policy.command()
@form_option
def show(form: str) -> None:
    """Show the policy in force.

    \b
    Example: alpr-gate policy show --json > policy.json
    """
    index = run(read_index(load_settings()))
    found = index.books.policy()
    # Told apart from no policy at all: with this one the gates have stopped deciding.
    if index.policy_fault is not None:
        raise InputError(f"the policy on the books cannot be read ({index.policy_fault}); apply one again")
    if found is None:
        raise InputError("the books hold no policy; put one in force with `alpr-gate policy apply FILE`")
    if form == "json":
        print_json(found.policy)
    else:
        print_fields(found.policy)
        console().print(f"[bold]policy hash[/] {found.policy_hash}")
