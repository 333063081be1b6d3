"""`alpr-gate publish`: the list of recipients, the process, the counts and the policy, for the public."""

from datetime import datetime
from pathlib import Path

import click

from streams.adapters.partner_rows import parse_partner_rows
from streams.cli.agreements_lint import FILE
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.file_policy_text import read_policy_text
from streams.codecs.whole_file import read_text, write_whole
from streams.codecs.yaml_kinds import DEFAULT_ZONE, read_instant
from streams.policy.partner_access import PartnerAccess
from streams.policy.policy_text import PolicyText
from streams.publication.page import page
from streams.publication.publication import Publication, publication_of
from streams.publication.sources import read_sources
from streams.publication.tables import (
    counts_csv,
    disclosures_csv,
    processors_csv,
    publication_json,
    recipients_csv,
)
from streams.settings import load_settings

WRITERS = {
    "index.html": page,
    "publication.json": publication_json,
    "recipients.csv": recipients_csv,
    "processors.csv": processors_csv,
    "requests.csv": counts_csv,
    "disclosures.csv": disclosures_csv,
}


class Instant(click.ParamType):
    """An instant of the past: RFC 3339 with offset, or a date, which means 00:00 in Los Angeles."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant, or fail with what was expected."""
        if isinstance(value, datetime):
            return value
        try:
            instant = read_instant(str(value), DEFAULT_ZONE)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        # What is still to come would be told as if it had happened.
        if instant > SystemClock().now():
            self.fail(f"expected an instant that is past, got `{value}`", param, ctx)
        return instant


folder_argument = click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
text_option = click.option("--policy-text", "text_file", type=FILE, required=True,
                           help="The agency's policy, section by section.")  # fmt: skip
as_of_option = click.option(
    "--as-of", type=Instant(), help="The instant to tell of.  [default: the last record]"
)


@click.command()
@folder_argument
@text_option
@as_of_option
@click.option(
    "--partner-searches", type=FILE, help="CSV of who searched when, to count what nothing explains."
)
def publish(folder: Path, text_file: Path, as_of: datetime | None, partner_searches: Path | None) -> None:
    """Write the public page and its tables into DIR.

    It lists whom the agency shares with and under which agreement, how a request is handled, how many were
    decided how, and the policy that Civ. Code 1798.90.51 and .53 want posted. While a section of that policy
    is missing, nothing is written. With --partner-searches (columns organisation, at, networks) it counts the
    searches of partners that no agreement in force at that moment explains. The same topics, file and instant
    give the same bytes.

    \b
    Example: alpr-gate publish public --policy-text policy_text.yaml
    """
    text = policy_text_of(text_file)
    accesses = None if partner_searches is None else _accesses(partner_searches)
    publication = publication_of(run(read_sources(load_settings(), as_of)), text, accesses)
    write_publication(publication, folder)
    count = len({one.entity.entity_id for one in publication.sharing})
    click.echo(f"{count} entities, as of {publication.as_of.isoformat()}, published in `{folder}`")


def _accesses(path: Path) -> tuple[PartnerAccess, ...]:
    return tuple(parse_partner_rows(read_text(path), path.name))


def write_publication(publication: Publication, folder: Path) -> None:
    """Write the page and its tables into the folder."""
    for name, write in WRITERS.items():
        write_whole(folder / name, write(publication))


def policy_text_of(path: Path) -> PolicyText:
    """Return the agency's policy text in a file."""
    return read_policy_text(read_text(path), str(path))
