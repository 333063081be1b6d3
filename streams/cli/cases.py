"""`alpr-gate test`: an agency's own cases, run against its books."""

from collections.abc import Iterable
from pathlib import Path

import click

from streams.cli.books_output import print_json
from streams.cli.terminal import console
from streams.errors import RehearsalError
from streams.policy.vocabulary import ReasonCode
from streams.rehearsal.case_coverage import Coverage, coverage_of
from streams.rehearsal.case_files import read_cases
from streams.rehearsal.case_running import Run, run_case

# A first folder of cases leaves out most of it.
SHOWN_MISSING = 12


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--threshold",
    type=click.FloatRange(0, 100),
    default=0.0,
    help="Least percentage of rules and of parts of agreements to be covered; 0 if not given.",
)
@click.option("--json", "form", flag_value="json", help="Print all of it as JSON.")
@click.option("--text", "form", flag_value="text", default="text", hidden=True)
def test(folder: Path, threshold: float, form: str) -> None:
    """Run the cases in DIR, and tell which fail and what none of them looks at.

    DIR has a base.yaml, which says what every case starts from (its `books` may name a folder with
    policy.yaml, registry.yaml and agreements.yaml), and files with cases under `scenarios`. A case changes
    single fields of the base and says what must come out: see streams/examples/cases, and the guide.

    Covered are the reason codes that some case gives, and the purposes, data types and scopes of active
    agreements under which some case is forwarded. No broker is needed.

    The exit code is 5 when a case fails or less is covered than --threshold asks for, and 2 when a file is
    wrong, with its name and the line.

    \b
    Example: alpr-gate test cases --threshold 80
    """
    found = read_cases(folder)
    runs = tuple(run_case(case, found.ground) for case in found.cases)
    coverage = coverage_of(runs, found.ground)
    if form == "json":
        print_json(_plain(runs, coverage))
    else:
        _print(runs, coverage)
    _judge(runs, coverage, threshold)


def _judge(runs: Iterable[Run], coverage: Coverage, threshold: float) -> None:
    failed = sum(bool(run.failures) for run in runs)
    if failed:
        raise RehearsalError(f"{failed:,} cases fail: either the case or the books are not what was meant")
    least = min(coverage.percent_of_rules, coverage.percent_of_agreements)
    if least < threshold:
        raise RehearsalError(f"{least:.1f} % is covered, less than the threshold of {threshold:g} %")


def _print(runs: tuple[Run, ...], coverage: Coverage) -> None:
    out = console()
    failed = [run for run in runs if run.failures]
    for run in failed:
        case = run.case
        out.print(f"[red]✗[/] {case.file}:{case.line}: {case.name}", highlight=False)
        for line in (*run.failures, *_reasons_of(run)):
            out.print(f"    {line}", markup=False)
    given, used = coverage.given, coverage.used
    # In the order of the rules.
    _print_coverage("rules", len(given), [code.value for code in ReasonCode if code not in given])
    _print_coverage("parts of agreements", len(used), sorted(map(str, coverage.parts - used)))
    out.print(f"{len(runs):,} cases, [bold]{len(failed):,} fail[/]")


def _print_coverage(name: str, covered: int, missing: list[str]) -> None:
    console().print(
        f"{covered} of {covered + len(missing)} {name} covered" + (", missing:" if missing else "")
    )
    for each in missing[:SHOWN_MISSING]:
        console().print(f"    {each}", markup=False)
    if len(missing) > SHOWN_MISSING:
        console().print(f"    … and {len(missing) - SHOWN_MISSING} more; --json has all")


def _reasons_of(run: Run) -> Iterable[str]:
    """Yield each reason of the decision, so that who reads a failure sees why."""
    return (
        f"{one.verdict.value} {one.code.value} [{one.field}]: {one.message}" for one in run.decision.reasons
    )


def _plain(runs: tuple[Run, ...], coverage: Coverage) -> dict[str, object]:
    return {
        "cases": len(runs),
        "failed": tuple(
            {
                "file": run.case.file,
                "line": run.case.line,
                "name": run.case.name,
                "failures": run.failures,
                "verdict": run.decision.verdict,
                "reasons": tuple(run.decision.reasons),
            }
            for run in runs
            if run.failures
        ),
        "rules": {
            "percent": round(coverage.percent_of_rules, 1),
            "missing": sorted(code.value for code in coverage.codes - coverage.given),
        },
        "agreements": {
            "percent": round(coverage.percent_of_agreements, 1),
            "missing": sorted(map(str, coverage.parts - coverage.used)),
        },
    }
