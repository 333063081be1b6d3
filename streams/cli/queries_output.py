"""What was found in a file of searches, or in the chains of their access records."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import click
import orjson

from streams.adapters.queries.rejected import Rejected
from streams.cli.books_output import grid, phrase
from streams.cli.terminal import console
from streams.custody.searches import OpenedSearch
from streams.policy.query_event import QueryEvent
from streams.policy.query_finding import QueryFinding
from streams.policy.reasons import ORDER
from streams.policy.vocabulary import QueryId
from streams.queries.audit import AccessChain

# Of rejected rows the first ones; --json has them all.
SHOWN = 15


@dataclass(slots=True)
class Tally:
    """What became of the rows so far; of reasons only how often each stands there."""

    searches: int = 0
    found_in: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    findings: Counter[QueryFinding] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    told: set[QueryId] = field(default_factory=set)

    @property
    def rows(self) -> int:
        """Return how many rows there were."""
        return self.searches + len(self.rejected)

    @property
    def told_again(self) -> int:
        """Return how many searches were told before in the same file."""
        return self.searches - len(self.told)

    @property
    def commonest(self) -> int:
        """Return how many searches have the commonest reason: one that all have is none."""
        return max(self.reasons.values(), default=0)

    def add(self, row: QueryEvent | Rejected, findings: Iterable[QueryFinding]) -> None:
        """Count one row with what was found about it."""
        if isinstance(row, Rejected):
            self.rejected.append(row)
            return
        found = list(findings)
        self.searches += 1
        self.found_in += bool(found)
        self.findings.update(found)
        self.told.add(row.query_id)
        if row.reason_text is not None:
            self.reasons[row.reason_text] += 1


def print_report(tally: Tally, unread: tuple[str, ...]) -> None:
    """Print what was counted, for people; `unread` are heads of columns that nobody here knows."""
    click.echo(f"{tally.rows} rows: {tally.searches} searches, {len(tally.rejected)} rejected")
    if tally.told_again:
        click.echo(f"{tally.told_again} tell once more of a search of the same file")
    if unread:
        click.echo(f"columns that are not read: {', '.join(unread)}")
    if tally.reasons:
        share = f"{tally.commonest / tally.searches:.0%}"
        click.echo(f"{len(tally.reasons)} different reasons; the commonest stands in {share} of the searches")
    _print_findings(tally)
    _print_rejected(tally.rejected)


def tally_json(tally: Tally, unread: tuple[str, ...]) -> str:
    """Return what was counted as JSON, with every rejected row."""
    content = {
        "rows": tally.rows,
        "searches": tally.searches,
        "told_again": tally.told_again,
        "found_in": tally.found_in,
        "findings": [asdict(finding) | {"searches": count} for finding, count in _sorted(tally)],
        "rejected": [asdict(rejected) for rejected in tally.rejected],
        "reasons": {"different": len(tally.reasons), "commonest": tally.commonest},
        "columns_not_read": unread,
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def print_chains(chains: Sequence[AccessChain]) -> None:
    """Print one line for each chain of access records, then what is wrong."""
    table = grid("partition", "records", "searches compared", "head", "chain")
    for chain in chains:
        told = "does not verify" if chain.problems else "verified"
        # Enough to compare by eye; --json has the whole of it.
        head = chain.head_hash.hex()[:16]
        cells = (str(chain.partition), f"{chain.count:,}", f"{chain.inputs:,}", head, told)
        table.add_row(*map(phrase, cells))
    console().print(table)
    for chain in chains:
        for problem in chain.problems:
            click.echo(f"partition {chain.partition}: {problem}")


def chains_json(chains: Sequence[AccessChain]) -> str:
    """Return the same as JSON; hashes are hex."""
    plain = [asdict(chain) | {"head_hash": chain.head_hash.hex()} for chain in chains]
    return orjson.dumps({"chains": plain}, option=orjson.OPT_INDENT_2).decode()


def opened_json(opened: OpenedSearch) -> str:
    """Return what was told of a search, with what was found about it, as JSON."""
    record = opened.record
    shown = {
        "access_id": record.access_id,
        "recorded_at": record.recorded_at,
        "entity_id": record.entity_id,
        "findings": [asdict(finding) for finding in record.findings],
        "search": asdict(opened.event),
    }
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode()


def _print_findings(tally: Tally) -> None:
    if not tally.findings:
        return
    click.echo(f"something is found about {tally.found_in} searches\n")
    table = grid("found", "searches", "field", "what")
    for finding, count in _sorted(tally):
        table.add_row(*map(phrase, (finding.code.value, str(count), finding.field, finding.message)))
    console().print(table)


def _print_rejected(rejected: list[Rejected]) -> None:
    if not rejected:
        return
    click.echo()
    table = grid("rejected line", "reason", "why")
    for one in rejected[:SHOWN]:
        table.add_row(*map(phrase, (str(one.line), one.reason.value, one.message)))
    console().print(table)
    if len(rejected) > SHOWN:
        click.echo(f"… and {len(rejected) - SHOWN} more")


def _sorted(tally: Tally) -> list[tuple[QueryFinding, int]]:
    """Return the findings in the order of the rules, the commonest of each first."""
    return sorted(tally.findings.items(), key=lambda item: (ORDER[item[0].code], -item[1], item[0].field))
