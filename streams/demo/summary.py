"""What a demonstration shows at its end: verdicts by reason, times, the revocation, the proof.

Only what was measured here, with its unit: no target is shown beside it. Verdicts are counted as the ledger
states them, so a repeat is not counted twice; latency is from the hand-over to the broker until an outsider
can read the committed record. What does not verify is shown in red, and is never left out.
"""

from collections.abc import Sequence
from datetime import datetime
from statistics import quantiles

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.demo.playground import Playground
from streams.demo.story import STEADY_PER_SECOND, Played, Revocation
from streams.ledger.verify import ChainReport
from streams.policy.vocabulary import RecordKind, Verdict

COLOURS = {Verdict.FORWARD: "green", Verdict.BLOCK: "red", Verdict.HOLD: "yellow"}
ORDER = (Verdict.FORWARD, Verdict.HOLD, Verdict.BLOCK)
# A percentile of less than this is no statement.
FEW = 2
PLURALS = {
    RecordKind.GENESIS: "genesis",
    RecordKind.DECISION: "decisions",
    RecordKind.REPEAT: "repeats",
    RecordKind.RESOLUTION: "resolutions of holds",
    RecordKind.MALFORMED: "malformed",
    RecordKind.REROUTED: "re-routed",
    RecordKind.REVIEW: "reviews that resolved nothing",
    RecordKind.DISCLOSURE: "disclosures by legal process",
    RecordKind.WITHDRAWAL: "withdrawals that resolved nothing",
}


def print_summary(played: Played, console: Console) -> None:
    """Print everything, tables first.

    `console` may be a pipe: nothing hangs on colour alone.
    """
    console.print(_outcomes(played))
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="bold", justify="right")
    facts.add_column()
    for name, value in _facts(played):
        facts.add_row(name, Text.from_markup(value))
    console.print(facts)


def _outcomes(played: Played) -> Table:
    table = Table(title="verdicts, by leading reason", title_justify="left", box=None, pad_edge=False)
    table.add_column("verdict")
    table.add_column("leading reason")
    table.add_column("records", justify="right")
    table.add_column("with this reason at all", justify="right")
    ranked = sorted(played.seen.outcomes.items(), key=lambda one: (ORDER.index(one[0][0]), -one[1]))
    for (verdict, reason), number in ranked:
        in_all = f"{played.seen.reasons[reason]:,}" if reason else "-"
        table.add_row(Text(verdict, style=COLOURS[verdict]), reason or "-", f"{number:,}", in_all)
    return table


def _facts(played: Played) -> list[tuple[str, str]]:
    kinds = played.seen.kinds
    facts = [
        (
            "ledger",
            f"{sum(kinds.values()):,} records: "
            + ", ".join(f"{kinds[kind]:,} {word}" for kind, word in PLURALS.items() if kinds[kind]),
        )
    ]
    facts += _times(played)
    if played.revocation is not None:
        facts += _revoked(played, played.revocation)
    facts.append(("proof", _proof(played)))
    return facts


def _times(played: Played) -> list[tuple[str, str]]:
    sent = played.sent
    steady = list(sent.at)[: sent.steady]
    waits = [1000 * (played.seen.read_at[place] - sent.at[place]) for place in steady]
    burst = len(sent) - sent.steady
    rate = burst / played.burst_seconds
    return [
        (
            "latency",
            f"{_spread(waits)} from request to committed decision, at {STEADY_PER_SECOND:,} requests/s",
        ),
        ("throughput", f"{rate:,.0f} requests/s, {burst:,} sent at once after that"),
    ]


def _spread(milliseconds: Sequence[float]) -> str:
    if len(milliseconds) < FEW:
        return "too few to tell"
    cuts = quantiles(milliseconds, n=100)
    return f"p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms"


def _revoked(played: Played, revocation: Revocation) -> list[tuple[str, str]]:
    bound = revocation.bound
    forwards = played.seen.forwards.get(revocation.agreement_id, [])
    # By revision, not by time: that is what the gate promises, and no clock can blur it.
    before = [at for revision, at in forwards if revision < bound.revision]
    after = len(forwards) - len(before)
    produced = _of_day(revocation.produced_at)
    binds = "not acknowledged everywhere"
    if bound.bound_at is not None:
        wait = 1000 * (bound.bound_at - revocation.produced_at).total_seconds()
        # A gate can have acknowledged it before the broker told us that it is committed.
        binds = f"bound on all {len(bound.acknowledged)} partitions within {max(wait, 0):.0f} ms"
    colour = "red" if after else "green"
    told = f"{revocation.agreement_id} at {produced} UTC, revision {bound.revision}, {binds}"
    last = f", the last decided at {_of_day(max(before))} UTC" if before else ""
    under = f"{len(before):,} forwards before{last}; [{colour}]{after:,} after[/]"
    return [("revocation", told), ("under it", under)]


def _of_day(instant: datetime) -> str:
    """Return the time of day, to the millisecond."""
    return f"{instant:%H:%M:%S.%f}"[:-3]


def _proof(played: Played) -> str:
    audit = played.audit
    if not audit.sound:
        problems = [_problem(chain) for chain in audit.chains if chain.problem is not None]
        wrong = "; ".join([f"{len(audit.findings):,} differences", *problems])
        return f"[red]the ledger does not verify[/]: {wrong}"
    return (
        f"[green]verified[/]: {len(audit.chains)} chains, {audit.inputs:,} inputs with one record each, "
        f"{audit.forwards:,} forwards with their decision"
    )


def _problem(chain: ChainReport) -> str:
    return f"partition {chain.partition}: {chain.problem}"


def print_next_steps(ground: Playground, console: Console) -> None:
    """Say where to look while it is left running."""
    servers = ground.settings.bootstrap_servers
    console.print(
        f"\nIt goes on running; Ctrl-C ends it. In another terminal:\n"
        f"  export KAFKA_BOOTSTRAP_SERVERS={servers} ALPR_GATE_PARTITIONS={ground.settings.partitions} "
        f"ALPR_GATE_KEYRING={ground.settings.keyring} ALPR_GATE_VAULT={ground.settings.vault} "
        f"ALPR_GATE_CUSTODIANS={ground.settings.custodians}\n"
        f"  alpr-gate tail alerts --from-start\n"
        f"  alpr-gate agreements list\n"
        f'  alpr-gate agreements revoke ID --reason "a look" --key {ground.people.folder}/castro.key\n'
        f"  alpr-gate ledger verify\n"
        f'  alpr-gate ledger open DECISION_ID --reason "a look at the demonstration"\n'
        f"  curl {ground.pages}/metrics",
        highlight=False,
        soft_wrap=True,
    )
