"""`alpr-gate review`: what is held for a person to read, and what that person does with it."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import click
import orjson

from streams.adapters.review_desk import submit_review
from streams.cli.books_options import by_option, given
from streams.cli.books_output import print_fields, print_rows
from streams.cli.ledger_proofs import FILE
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.json_text import json_text
from streams.codecs.request_json import request_to_json
from streams.codecs.signing_key import load_signing_key
from streams.codecs.vault import open_vault
from streams.custody.held import Held, open_hold, read_queue
from streams.custody.opening import Opening
from streams.errors import InputError
from streams.ledger.record import LedgerRecord
from streams.ledger.review_note import ReviewNote, review_text
from streams.ledger.signed_note import SignedNote
from streams.policy.answers import missing_in
from streams.policy.review import Review
from streams.policy.reviews import is_for_review
from streams.policy.vocabulary import DecisionId, ReasonCode, RecordKind, ReviewAct, Verdict
from streams.settings import load_settings

# Columns of a narrow terminal.
FEW = 4
CODES = click.Choice([code.value for code in ReasonCode])

id_argument = click.argument("decision_id", metavar="ID")
key_option = click.option("--key", "key_file", type=FILE, required=True, help="Your key, from `ledger key`.")
patience_option = click.option("--timeout", type=click.FloatRange(min=0), default=10.0, show_default=True,
                               help="Longest wait for the gate, in seconds.")  # fmt: skip


@click.group()
def review() -> None:
    """List, show, approve, deny and return held requests.

    What you do is signed with your key and takes effect through the gate. An approval clears the reasons that
    it names, of those that are for a reviewer; then the gate decides again, under the books as they are.

    \b
    Example: alpr-gate review list
    """


@review.command("list")
@click.option("--after-the-fact", "what", flag_value="due", help="What left in haste, to be looked at again.")
@click.option("--waiting", "what", flag_value="held", default="held", hidden=True)
@click.option("--json", "form", flag_value="json", help="Print JSON lines instead of a table.")
@click.option("--table", "form", flag_value="table", default="table", hidden=True)
def list_(what: str, form: str) -> None:
    """List what waits, the earliest deadline first.

    `earlier` counts the decisions of the last 90 days for the same recipient: forwarded, blocked, held.
    Nothing sealed is opened for it.

    \b
    Example: alpr-gate review list --json | jq -r .decision_id
    """
    now = SystemClock().now()
    queue = run(read_queue(load_settings(), now))
    if what == "due":
        _print_all(queue.due, _due_columns(now), form)
    else:
        _print_all(queue.held, _columns(now), form)


def _print_all(rows: tuple[object, ...], columns: Mapping[str, Callable[..., str]], form: str) -> None:
    if form == "json":
        for row in rows:
            shown = {name.replace(" ", "_"): column(row) for name, column in columns.items()}
            click.echo(orjson.dumps(shown))
        return
    print_rows(rows, columns, FEW)
    console().print(f"{len(rows)} to review")


def _columns(now: datetime) -> Mapping[str, Callable[[Held], str]]:
    """Return the columns, the most wanted first."""
    return {
        "decision id": lambda one: one.hold.decision_id,
        "left": lambda one: _left(one.hold.deadline, now),
        "for review": lambda one: " ".join(_codes(one.record)) or "-",
        "missing": lambda one: " ".join(missing_in(one.record.reasons)) or "-",
        "recipient": lambda one: one.record.entity_id or "-",
        "earlier": lambda one: " ".join(
            f"{one.earlier.get(verdict, 0)} {word}" for verdict, word in _EARLIER.items()
        ),
        "exigent": lambda one: "exigent" if one.hold.exigent else "-",
        "returned": lambda one: "returned" if one.returned else "-",
    }


def _due_columns(now: datetime) -> Mapping[str, Callable[[LedgerRecord], str]]:
    return {
        "decision id": lambda one: one.decision_id,
        "left": lambda one: "-" if one.review_due is None else _left(one.review_due, now),
        "cleared": lambda one: " ".join(reason.code for reason in one.cleared),
        "recipient": lambda one: one.entity_id or "-",
        "decided": lambda one: f"{one.decided_at:%Y-%m-%d %H:%M}Z",
    }


_EARLIER = {Verdict.FORWARD: "forwarded", Verdict.BLOCK: "blocked", Verdict.HOLD: "held"}
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


def _left(deadline: datetime, now: datetime) -> str:
    """Return how long is left, in the unit that matters."""
    seconds = (deadline - now).total_seconds()
    if seconds <= 0:
        return "overdue"
    size, unit = next(
        (each for each in ((_DAY, "d"), (_HOUR, "h")) if seconds >= 2 * each[0]), (_MINUTE, "min")
    )
    return f"{int(seconds // size)} {unit}"


def _codes(record: LedgerRecord) -> tuple[ReasonCode, ...]:
    return tuple(reason.code for reason in record.reasons if is_for_review(reason))


@review.command()
@id_argument
@click.option("--reason", help="Open what is sealed, for this purpose; that stays on record as an access.")
@by_option
def show(decision_id: str, reason: str | None, by: str) -> None:
    """Show why a request is held, and what was asked.

    Without --reason nothing sealed is opened, and what was asked stays unseen. With it you need the vault,
    and that you looked is an access of its own (Civ. Code 1798.90.52): first it is put on record, then the
    request is shown, as JSON.

    \b
    Example: alpr-gate review show 4f0c… --reason "review of a held request" --by m.castro
    """
    settings, now = load_settings(), SystemClock().now()
    if reason is None:
        held = run(read_queue(settings, now)).get(decision_id)
        print_fields(held.record)
        console().print(
            f"for review: {', '.join(_codes(held.record)) or 'nothing'}; until {held.hold.deadline}"
        )
        return
    if settings.vault is None:
        raise InputError("no vault: name its folder in ALPR_GATE_VAULT")
    opening = Opening(decision_id=decision_id, by=by, reason=given(reason))
    opened, hold = run(open_hold(settings, open_vault(settings.vault), opening, now))
    sys.stderr.write(f"on record as act {opened.act.seq} of {opened.act.at.isoformat()}\n")
    shown = {
        "decision_id": hold.decision.decision_id,
        "deadline": hold.deadline,
        "reasons": [orjson.Fragment(json_text(each)) for each in hold.decision.reasons],
        "request": orjson.Fragment(request_to_json(hold.request)),
    }
    click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))


@review.command()
@id_argument
@click.option("--clears", "codes", type=CODES, multiple=True, required=True, metavar="CODE",
              help="A reason that you clear, by its code; repeat it for more.")  # fmt: skip
@click.option("--reason", required=True, help="Why, in one line; it stays on record, sealed.")
@key_option
@patience_option
def approve(decision_id: str, codes: tuple[str, ...], reason: str, key_file: Path, timeout: float) -> None:
    """Clear reasons of a held request, and have it decided again.

    It lifts no block and fills no missing field; what you do not name still holds.

    \b
    Example: alpr-gate review approve 4f0c… --clears REASON_NEEDS_REVIEW --reason "a name" --key castro.key
    """
    cleared = tuple(map(ReasonCode, dict.fromkeys(codes)))
    _act(decision_id, (ReviewAct.APPROVE, cleared, reason), key_file, timeout)


@review.command()
@id_argument
@click.option("--reason", required=True, help="Why, in one line; it stays on record, sealed.")
@key_option
@patience_option
def deny(decision_id: str, reason: str, key_file: Path, timeout: float) -> None:
    """Block a held request, at once.

    \b
    Example: alpr-gate review deny 4f0c… --reason "no case behind it" --key castro.key
    """
    _act(decision_id, (ReviewAct.DENY, (), reason), key_file, timeout)


@review.command("return")
@id_argument
@click.option("--reason", required=True, help="What to supply, in one line; the requester is told it.")
@key_option
@patience_option
def return_(decision_id: str, reason: str, key_file: Path, timeout: float) -> None:
    """Ask the requester of a held request for more. It stays held, until the same deadline.

    \b
    Example: alpr-gate review return 4f0c… --reason "which court issued the warrant?" --key castro.key
    """
    _act(decision_id, (ReviewAct.RETURN, (), reason), key_file, timeout)


def _act(
    decision_id: str, said: tuple[ReviewAct, tuple[ReasonCode, ...], str], key_file: Path, timeout: float
) -> None:
    """Sign the act, hand it to the gate and tell what became of it.

    Raises:
        InputError: there is no such hold, or the gate has refused the act; it changed nothing then.
    """
    settings, now = load_settings(), SystemClock().now()
    key = load_signing_key(key_file)
    held = run(read_queue(settings, now)).get(decision_id)
    act, codes, reason = said
    text = review_text(
        settings.ledger_origin,
        Review(
            decision_id=DecisionId(decision_id),
            reviewer=key.name,
            act=act,
            codes=codes,
            reason=reason,
            at=now,
        ),
    )
    note = SignedNote(text=text, signatures=(key.sign(text),))
    sent = ReviewNote(request_id=held.record.request_id or "", note=str(note))
    _tell(run(submit_review(settings, sent, timeout)))


def _tell(record: LedgerRecord) -> None:
    place = f"on record as {record.partition}/{record.seq}"
    if record.leading_reason is ReasonCode.REVIEW_REFUSED:
        raise InputError(f"the gate refused the review: {record.reasons[0].message}; {place}")
    if record.kind is RecordKind.REVIEW:
        console().print(f"[yellow]returned[/], the requester is told; {place}")
        return
    style = {Verdict.FORWARD: "green", Verdict.BLOCK: "red"}.get(record.verdict, "yellow")
    console().print(f"[{style}]{record.verdict}[/], {place}")
    for reason in record.reasons:
        console().print(f"  {reason.code}: {reason.message}")
    if record.review_due is not None:
        console().print(f"to be reviewed after the fact until {record.review_due.isoformat()}")
