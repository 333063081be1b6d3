"""`alpr-gate explain`: one decision of the ledger in words, rule by rule."""

from collections.abc import Sequence

import click
import orjson

from streams.books.loader import read_books
from streams.cli.books_output import grid, phrase
from streams.cli.decide import COLOURS
from streams.cli.terminal import console
from streams.cli.work import run
from streams.codecs.json_text import json_text
from streams.custody.history import history_of
from streams.ledger.record import LedgerRecord
from streams.policy.books import Books
from streams.policy.explain import explain as explained
from streams.policy.rule_table import RuleState, rule_table
from streams.policy.vocabulary import RecordKind, Verdict
from streams.rehearsal.amendment import side_of
from streams.settings import Settings, load_settings

# Kinds of record in which rules were asked.
JUDGED = frozenset({RecordKind.DECISION, RecordKind.RESOLUTION})
STATE_COLOURS = {RuleState.FAILED: "red", RuleState.PASSED: "green", RuleState.NOT_ASKED: "dim"}


@click.command()
@click.argument("decision_id", metavar="ID")
@click.option("--json", "form", flag_value="json", help="Print all of it as JSON.")
@click.option("--text", "form", flag_value="text", default="text", hidden=True)
def explain(decision_id: str, form: str) -> None:
    """Explain one decision of the ledger in words, with how it fared with every rule.

    ID is that of the decision, as answers, alerts and `tail decisions` name it. What repeats it, what it
    follows and what resolved its hold are shown as well. Who asked for what is sealed and stays so: `ledger
    open` shows that, and leaves a record. Of the agreement its terms of today are told.

    It shows what is on record, and `ledger verify` shows whether the record is as it was written.

    \b
    Example: alpr-gate explain 8d1a63a0-b6cb-5cef-858a-6c90bdbf0006
    """
    history, books = run(_read(load_settings(), decision_id))
    # A repeat has the id of the decision that it repeats, and that is the one with the reasons.
    record = next((one for one in history if one.decision_id == decision_id), history[0])
    if form == "json":
        click.echo(orjson.dumps(_plain(record, history, books), option=orjson.OPT_INDENT_2))
    else:
        _print(record, history, books)


async def _read(settings: Settings, decision_id: str) -> tuple[tuple[LedgerRecord, ...], Books]:
    books = await read_books(settings)
    return await history_of(settings, decision_id), books


def words_of(record: LedgerRecord, books: Books) -> str:
    """Return the record in words, and what has changed in the books since."""
    if record.kind not in JUDGED:
        return _unjudged(record)
    policy = side_of(books).policy
    lines = [explained(record, None, books, policy)]
    now = None if record.agreement_id is None else books.agreement(record.agreement_id)
    if record.agreement_id is not None and (now is None or now.version != record.agreement_version):
        today = "is not in the books any more" if now is None else f"has version {now.version} today"
        lines.append(
            f"Decided under version {record.agreement_version} of `{record.agreement_id}`, which {today}."
        )
    if record.policy_hash != policy.policy_hash:
        lines.append("The policy has changed since.")
    return "\n".join(lines)


def _unjudged(record: LedgerRecord) -> str:
    if record.kind is RecordKind.REPEAT:
        return "The same request came again: it got the first answer again, and nothing was released."
    if record.kind is RecordKind.REROUTED:
        return "The request stood in a wrong partition, and was moved undecided."
    if record.kind is RecordKind.DISCLOSURE and not record.reasons:
        return "Counsel has had records disclosed by legal process, under no agreement."
    told = (f"{reason.code} ({reason.clause}): {reason.message}." for reason in record.reasons)
    return " ".join(told) or f"A record of kind `{record.kind}`, with which nothing was decided."


def _print(record: LedgerRecord, history: Sequence[LedgerRecord], books: Books) -> None:
    out = console()
    out.print(
        phrase(f"{record.verdict.value.upper()}  {record.decision_id}"), style=COLOURS.get(record.verdict, "")
    )
    out.print(phrase(_circumstances(record)))
    out.print(phrase(words_of(record, books)))
    if len(history) > 1:
        out.print("\n[bold]its history[/]")
        chain = grid("record", "decided", "kind", "verdict", "leading reason", "id")
        for one in history:
            chain.add_row(*map(phrase, _chain_row(one)))
        out.print(chain)
    if record.kind in JUDGED:
        out.print("\n[bold]rule by rule[/]")
        table = grid("rule", "", "tier", "clause", "why")
        for row in rule_table(record.reasons):
            why = "" if row.reason is None else f"{row.reason.message} [{row.reason.field}]"
            state = phrase(row.state.value)
            state.stylize(STATE_COLOURS[row.state])
            table.add_row(phrase(row.code.value), state, *map(phrase, (row.tier.value, row.clause, why)))
        out.print(table)


def _circumstances(record: LedgerRecord) -> str:
    asked = "" if record.event_time is None else f", asked {record.event_time:%Y-%m-%d %H:%M:%S} UTC"
    return (
        f"request {record.request_id or '-'} to {record.entity_id or 'nobody known'}, decided "
        f"{record.decided_at:%Y-%m-%d %H:%M:%S} UTC{asked}, by revision {record.books_revision} of the books"
    )


def _chain_row(record: LedgerRecord) -> tuple[str, ...]:
    verdict = "-" if record.verdict is Verdict.UNKNOWN else record.verdict.value
    return (
        f"{record.partition}/{record.seq}",
        f"{record.decided_at:%Y-%m-%d %H:%M:%S}",
        record.kind.value,
        verdict,
        record.leading_reason or "-",
        record.decision_id,
    )


def _plain(record: LedgerRecord, history: Sequence[LedgerRecord], books: Books) -> dict[str, object]:
    """Return the same as plain data; of the records all but what they hold sealed."""
    rows = rule_table(record.reasons) if record.kind in JUDGED else ()
    return {
        "decision_id": record.decision_id,
        "verdict": record.verdict,
        "explanation": words_of(record, books),
        "rules": [orjson.Fragment(json_text(row)) for row in rows],
        "history": [_plain_record(one) for one in history],
    }


def _plain_record(record: LedgerRecord) -> dict[str, object]:
    return {
        "place": f"{record.partition}/{record.seq}",
        "kind": record.kind,
        "decision_id": record.decision_id,
        "follows": record.follows,
        "request_id": record.request_id,
        "verdict": record.verdict,
        "leading_reason": record.leading_reason,
        "entity_id": record.entity_id,
        "agreement_id": record.agreement_id,
        "agreement_version": record.agreement_version,
        "books_revision": record.books_revision,
        "policy_hash": record.policy_hash,
        "event_time": record.event_time,
        "decided_at": record.decided_at,
    }
