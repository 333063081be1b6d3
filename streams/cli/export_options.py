"""The options by which commands take a vendor's export of searches."""

from typing import BinaryIO

import click

from streams.adapters.queries.export import Export
from streams.adapters.queries.forms import QUERY_FORMS
from streams.cli.request_input import name_of

form_option = click.option("--format", "form", type=click.Choice(list(QUERY_FORMS)), required=True,
                           help="Whose export it is.")  # fmt: skip
of_option = click.option("--of", "organisation", metavar="NAME",
                         help="Whose searches, where no column says so.")  # fmt: skip


def export_of(file: BinaryIO, form: str, organisation: str | None) -> Export:
    """Return the rows of an export.

    Raises:
        InputError: it is none of that form, or nobody says whose searches it has.
    """
    return Export(file.read(), name_of(file), QUERY_FORMS[form], organisation)
