# noqa: INP001  # a script, not a part of a package
"""Write the reference pages that follow from the code: `python -m docs.generate`; a test compares them."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from streams.cli import COMMANDS
from streams.cli.flow import mermaid
from streams.flow import STAGES
from streams.metric_names import (
    API_METRICS,
    DRIFT_METRICS,
    METRICS,
    READS_METRICS,
    REVIEW_METRICS,
    SHADOW_METRICS,
    MetricSpec,
)
from streams.policy.reasons import ROWS
from streams.settings import Settings

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Made by `python -m docs.generate`; change the code instead. -->"
COMMANDS_START, COMMANDS_END = "<!-- commands -->", "<!-- end of commands -->"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in lines)


def metrics_page() -> str:
    """Return the page of all metrics."""
    return f"""# Metrics

{NOTE}

Served at `/metrics`, together with the memory, processor time and file descriptors of the process
(`process_*`). Everything is counted once per batch. Labels take their values from closed sets; no plate, name
or text from outside ever becomes one.

{_metrics_table(METRICS)}

A request that was asked again counts in `alpr_gate_ledger_records_total{{kind="repeat"}}`. Every reason of a
block stands at 0 from the start, so that its first event is an increase that an alert can see.

`alpr-gate shadow --metrics-port PORT` has a page of its own, with the same `process_*` and these:

{_metrics_table(SHADOW_METRICS)}

Verdicts that are alike on both sides differ in the reason that leads.

The API has a port of its own for these (`ALPR_GATE_API_METRICS_PORT`):

{_metrics_table(API_METRICS)}

And so has `alpr-gate review watch` (`ALPR_GATE_REVIEW_METRICS_PORT`):

{_metrics_table(REVIEW_METRICS)}

`alpr-gate drift --every SECONDS --metrics-port PORT` has these:

{_metrics_table(DRIFT_METRICS)}

Those of `alpr-gate reads serve` are at `ALPR_GATE_READS_METRICS_PORT`. The only label that is of no closed
set is the name of a feed, as it stands in the file of feeds:

{_metrics_table(READS_METRICS)}
"""


def _metrics_table(specs: Iterable[MetricSpec]) -> str:
    rows = (
        (f"`{spec.name}`", spec.kind, ", ".join(f"`{label}`" for label in spec.labels) or "-", spec.help)
        for spec in specs
    )
    return table(("metric", "type", "labels", "what it tells"), rows)


def _environment_name(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"ALPR_GATE_{name.upper()}"


def settings_page() -> str:
    """Return the page of all settings."""
    rows = (
        (f"`{_environment_name(name, field)}`", _default(field), field.description)
        for name, field in Settings.model_fields.items()
    )
    return f"""# Settings

{NOTE}

Settings are environment variables, read once at the start. One that does not exist or has a wrong value ends
the command with exit code 2.

{table(("variable", "default", "meaning"), rows)}
"""


def _default(field: FieldInfo) -> str:
    return "-" if field.default in {None, ""} else f"`{field.default}`"


def reasons_page() -> str:
    """Return the page of all reasons, in the order of the rules."""
    rows = (
        (f"[`{code}`](../runbook.md#{code.lower()})", row.verdict, row.tier, row.cleared_by, row.clause)
        for code, row in ROWS.items()
    )
    return f"""# Reasons

{NOTE}

All rules are evaluated, and every failure is told, in this order. One block makes the verdict a block; else
one hold makes it a hold; else the request is forwarded.

*Whose rule*: `integrity` and `statute` are nobody's to change, `agency` is the policy, `agreement` is
the agreement with the recipient. *Cleared by*: `nothing`, a `supplement` of the requester with what is
missing, a `review` by the agency, or an `evidence_hold`.

{table(("reason", "verdict", "whose rule", "cleared by", "clause"), rows)}
"""


def flow_page() -> str:
    """Return the page with the map."""
    return f"""# Topics and stages

{NOTE}

Who reads and writes which topic. `alpr-gate flow` prints the same as boxes.

```mermaid
{mermaid(STAGES)}
```
"""


def commands_page() -> str:
    """Return the page of commands: its own text, with the table of commands as it is now."""
    before, _, rest = (REFERENCE / "cli.md").read_text(encoding="utf-8").partition(COMMANDS_START)
    after = rest.partition(COMMANDS_END)[2]
    rows = ((f"`alpr-gate {name}`", text) for name, (_, _, text) in COMMANDS.items())
    block = table(("command", "what it does"), rows)
    return f"{before}{COMMANDS_START}\n{NOTE}\n\n{block}\n\n{COMMANDS_END}{after}"


PAGES: Mapping[str, Callable[[], str]] = {
    "metrics.md": metrics_page,
    "settings.md": settings_page,
    "reasons.md": reasons_page,
    "flow.md": flow_page,
    "cli.md": commands_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
