"""The books of files that searches are screened by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

import click

from streams.cli.request_input import name_of, policy_of_file, registry_of_file, text_of_file
from streams.codecs.files import read_users
from streams.policy.books import Books
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.query_event import QueryEvent
from streams.policy.query_finding import QueryFinding
from streams.policy.query_screening import screen_query
from streams.policy.vocabulary import ReasonCode

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Books and policy of files; what they have no book for is left out, and not found in every search."""

    books: Books
    policy: PolicyInForce
    left_out: frozenset[ReasonCode]

    def findings(self, event: QueryEvent, now: datetime) -> Iterator[QueryFinding]:
        """Yield what is found about the search."""
        for finding in screen_query(event, self.books, self.policy, now):
            if finding.code not in self.left_out:
                yield finding


def screened(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name files of the books, and give the command them as `screening`."""

    @wraps(command)
    def with_screening(
        *, policy: Path | None, registry: Path | None, users: BinaryIO | None, **others: object
    ) -> object:
        return command(screening=_screening_of(policy, registry, users), **others)

    options = (
        click.option(
            "--policy", type=EXISTING, help="The agency's policy; the shipped example if not given."
        ),
        click.option("--registry", type=EXISTING, help="The entities; the shipped example if not given."),
        click.option("--users", type=click.File("rb"), help="The agency's own users; not checked without."),
    )
    changed: Callable[..., Any] = with_screening
    for option in reversed(options):
        changed = option(changed)
    return changed


def _screening_of(policy: Path | None, registry: Path | None, users: BinaryIO | None) -> Screening:
    books, in_force = registry_of_file(registry), policy_of_file(policy)
    if users is None:
        click.echo("no --users given: whether the agency's own users may search is not checked", err=True)
        left_out = frozenset({ReasonCode.USER_NOT_AUTHORISED})
        return Screening(books=books, policy=in_force, left_out=left_out)
    for user in read_users(text_of_file(users), name_of(users)):
        books.put_user(user)
    return Screening(books=books, policy=in_force, left_out=frozenset())
