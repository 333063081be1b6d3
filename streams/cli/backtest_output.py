"""How a tally of changed decisions looks: a table for people, and all of it as JSON."""

from collections import Counter
from collections.abc import Callable, Mapping

from streams.cli.books_output import day, print_rows
from streams.cli.terminal import console
from streams.policy.comparison import Outcome
from streams.rehearsal.tally import Move, Tally

# The most frequent ones tell the story; --json has them all.
SHOWN_MOVES = 20
NOBODY = "-"
# Columns of a narrow terminal.
FEW = 4


def print_backtest(tally: Tally) -> None:
    """Print the kinds of change, widening ones first, and one line that sums up."""
    out = console()
    if tally.moves:
        print_rows(list(tally.ranked())[:SHOWN_MOVES], _columns(tally), FEW)
        if len(tally.moves) > SHOWN_MOVES:
            out.print(f"… and {len(tally.moves) - SHOWN_MOVES:,} more kinds of change; --json has all")
        for name, counts in _sums(tally).items():
            listed = ", ".join(f"{word} {count:,}" for word, count in counts.most_common(SHOWN_MOVES))
            out.print(f"by {name}: {listed}")
    for kind, count in sorted(tally.left_out.items()):
        out.print(f"{count:,} left out: of the ledger's kind `{kind}`, which needs a memory or is no request")
    if tally.unreadable:
        out.print(f"{len(tally.unreadable):,} left out: deleted by age, or no request")
    out.print(
        f"{tally.compared:,} requests replayed, [bold]{tally.changed:,} decisions change[/], "
        f"{tally.wider:,} of them to forward"
    )


def _columns(tally: Tally) -> Mapping[str, Callable[[tuple[Move, int]], str]]:
    """Return the columns, the most wanted first."""
    return {
        "requests": lambda row: f"{row[1]:,}",
        "was": lambda row: told(row[0].before),
        "would be": lambda row: told(row[0].after),
        "agency": lambda row: _agency(row[0]),
        "purpose": lambda row: _purpose(row[0]),
        "for example": lambda row: _example(tally, row[0]),
    }


def plain_backtest(tally: Tally) -> dict[str, object]:
    """Return all of the tally as plain data."""
    return {
        "replayed": tally.compared,
        "changed": tally.changed,
        "wider": tally.wider,
        "left_out": {kind.value: count for kind, count in tally.left_out.items()},
        "unreadable": len(tally.unreadable),
        "by": {name: dict(counts.most_common()) for name, counts in _sums(tally).items()},
        "changes": [_plain_move(tally, move, count) for move, count in tally.ranked()],
    }


def _plain_move(tally: Tally, move: Move, count: int) -> dict[str, object]:
    return {
        "requests": count,
        "before": move.before._asdict(),
        "after": move.after._asdict(),
        "entity_id": move.entity_id,
        "purpose": move.purpose,
        "examples": tuple(example._asdict() for example in tally.examples[move]),
    }


def _sums(tally: Tally) -> dict[str, Counter[str]]:
    """Return the changed requests by agency, by purpose, and by the reason that comes or goes."""
    sums: dict[str, Counter[str]] = {"agency": Counter(), "purpose": Counter(), "reason": Counter()}
    for move, count in tally.moves.items():
        sums["agency"][_agency(move)] += count
        sums["purpose"][_purpose(move)] += count
        sums["reason"][NOBODY if move.reason is None else move.reason.value] += count
    return sums


def told(outcome: Outcome) -> str:
    """Return an outcome in one or two words."""
    reason = outcome.leading_reason
    return outcome.verdict.value if reason is None else f"{outcome.verdict.value} {reason}"


def _agency(move: Move) -> str:
    return move.entity_id or NOBODY


def _purpose(move: Move) -> str:
    return NOBODY if move.purpose is None else move.purpose.value


def _example(tally: Tally, move: Move) -> str:
    example = tally.examples[move][0]
    return f"{example.decision_id} of {day(example.at)}"
