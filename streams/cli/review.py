"""`alpr-gate review`: what is held for a person to read, and what that person does with it."""

import secrets
import sys
from pathlib import Path

import click
import orjson

from streams.adapters.act_desk import SignedAct, submit_act
from streams.cli.books_options import by_option, given
from streams.cli.ledger_proofs import FILE, SEED_BYTES
from streams.cli.review_output import due_columns, held_columns, print_held, print_listed, tell_outcome
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.json_text import json_text
from streams.codecs.request_json import request_to_json
from streams.codecs.review_note import encode_review_note
from streams.codecs.signing_key import new_signing_key, write_signing_key
from streams.codecs.vault import open_vault
from streams.custody.held import open_hold, read_queue
from streams.custody.opening import Opening
from streams.custody.second_looks import look_again, read_due
from streams.custody.signing_program import load_signer
from streams.custody.watching import watch_reviews
from streams.errors import InputError
from streams.ledger.review_note import ReviewNote, review_text
from streams.ledger.second_look import Found, SecondLook
from streams.ledger.signed_note import note_by
from streams.logs import configure_logs
from streams.policy.review import Review
from streams.policy.vocabulary import DecisionId, ReasonCode, ReviewAct
from streams.settings import Settings, load_settings

CODES = click.Choice([code.value for code in ReasonCode])

id_argument = click.argument("decision_id", metavar="ID")
key_option = click.option("--key", "key_file", type=FILE, required=True, help="Your key, from `review key`.")
patience_option = click.option("--timeout", type=click.FloatRange(min=0), default=10.0, show_default=True,
                               help="Longest wait for the gate, in seconds.")  # fmt: skip


@click.group()
def review() -> None:
    """List, show, approve, deny and return held requests, and look again.

    What you do is signed with your key and takes effect through the gate. An approval clears the reasons that
    it names, of those that are for a reviewer; then the gate decides again, under the books as they are.

    \b
    Example: alpr-gate review list
    """


@review.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Your name, without blanks: who acts is recorded by it.")
def key(file: Path, name: str) -> None:
    """Make the key of a reviewer in a new FILE.

    Only you can read the file. The line that is printed is public: it goes into the file that
    ALPR_GATE_REVIEWERS names, and from the next start of the workers on you can review.

    \b
    Example: alpr-gate review key castro.key --name m.castro >> reviewers
    """
    made = new_signing_key(name, secrets.token_bytes(SEED_BYTES))
    write_signing_key(made, file)
    click.echo(str(made.verifier))


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
    if what == "due":
        print_listed(run(read_due(load_settings())), due_columns(now), form, "to review")
    else:
        print_listed(run(read_queue(load_settings(), now)).held, held_columns(now), form, "to review")


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
        print_held(run(read_queue(settings, now)).get(decision_id), now)
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


@review.command("second-look")
@id_argument
@click.option("--found", type=click.Choice([found.value for found in Found]), required=True,
              help="Whether the approval was in order.")  # fmt: skip
@click.option("--reason", required=True, help="Why, in one line; it stays on record.")
@key_option
def second_look(decision_id: str, found: str, reason: str, key_file: Path) -> None:
    """Look again at what left in haste, and sign what you found.

    It changes no decision. It stands among the administrative acts, and ends the reminder. Write no plates
    and no names into the reason.

    \b
    Example: alpr-gate review second-look 4f0c… --found in_order --reason "a warrant came" --key castro.key
    """
    look = SecondLook(
        decision_id=DecisionId(decision_id), found=Found(found), reason=reason, at=SystemClock().now()
    )
    settings = load_settings()
    act = run(look_again(settings, load_signer(key_file, settings.signer_seconds), look))
    click.echo(f"on record as act {act.seq} of {act.at.isoformat()}")


@review.command()
def watch() -> None:
    """Count the second looks that are due and overdue.

    It runs until it is stopped, and serves /metrics at ALPR_GATE_REVIEW_METRICS_PORT, for an alert.

    \b
    Example: alpr-gate review watch
    """
    settings = load_settings()
    configure_logs(settings)
    run(_watch(settings))


async def _watch(settings: Settings) -> None:
    async with watch_reviews(settings, SystemClock()) as watching:
        click.echo(f"metrics on {settings.web_host}:{watching.port}")
        # It ends only when something can be read no more, or by Ctrl-C.
        await watching.reading


def _act(
    decision_id: str, said: tuple[ReviewAct, tuple[ReasonCode, ...], str], key_file: Path, timeout: float
) -> None:
    """Sign the act, hand it to the gate and tell what became of it.

    Raises:
        InputError: there is no such hold, or the gate has refused the act; it changed nothing then.
    """
    settings, now = load_settings(), SystemClock().now()
    key = load_signer(key_file, settings.signer_seconds)
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
    sent = ReviewNote(request_id=held.record.request_id or "", note=str(note_by(key, text)))
    signed = SignedAct(
        belongs_to=sent.request_id,
        record="ReviewNote",
        value=encode_review_note(sent),
        what="review",
        seen_by="alpr-gate review list",
    )
    tell_outcome(run(submit_act(settings, signed, timeout)))
