"""One trial: edit a ledger, or do not, and see what each verifier says of it."""

import importlib.util
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from types import ModuleType

from streams.codecs.ledger_record import read_link
from streams.codecs.signing_key import new_signing_key
from streams.errors import LedgerError
from streams.ledger.checkpoint import Checkpoint, origin_of
from streams.ledger.signed_note import SignedNote
from streams.ledger.verify import ChainReport, verify
from streams.notary.tree_log import TreeLog
from tests.tampering.edits import EDITS, Edited
from tests.tampering.ledgers import LEDGER, Ledger, Noted, Values, honest_ledger

LOG_KEY = new_signing_key(LEDGER, bytes(range(32)))
TOOL = Path(__file__).parents[2] / "tools" / "verify_ledger.py"


def of_edit(name: str, dice: Random) -> Iterable[str]:
    """Edit a new ledger, and yield what a verifier got wrong about it."""
    ledger = honest_ledger(dice)
    partition = dice.randrange(len(ledger.chains))
    edited = EDITS[name](ledger, partition, dice)
    values = ledger.values()
    values[partition] = edited.values
    yield from _of_chain(edited, partition, ledger.noted[partition])
    for other, noted in enumerate(ledger.noted):
        if other != partition and problem_of(values[other], other, noted) is not None:
            yield "another partition was accused"
    if dice.randrange(20) == 0 and independent_verifier_accepts(ledger, values):
        yield "the independent verifier found nothing"


def _of_chain(edited: Edited, partition: int, noted: Noted) -> Iterable[str]:
    found = problem_of(edited.values, partition, noted)
    if found != edited.position:
        yield f"position {found} was named, not {edited.position}"
    alone = verify(edited.values, read_link, partition=partition).problem
    # What shows by itself alone must not be what only a note can show, or the edit is another than it says.
    if (alone is None) is not edited.hidden:
        yield f"without notes the chain was {'accepted' if alone is None else 'refused'}"
    if tree_accepts(edited.values, partition, noted):
        yield "the checkpoints fit"


def of_clean(dice: Random) -> Iterable[str]:
    """Look at a new ledger that nobody edited, and yield what a verifier got wrong about it."""
    ledger = honest_ledger(dice)
    values = ledger.values()
    for partition, noted in enumerate(ledger.noted):
        if problem_of(values[partition], partition, noted) is not None:
            yield "a clean chain was accused"
        if not tree_accepts(values[partition], partition, noted):
            yield "the checkpoints of a clean chain do not fit"
    if dice.randrange(20) == 0 and not independent_verifier_accepts(ledger, values):
        yield "the independent verifier accused a clean ledger"


def problem_of(values: Values, partition: int, noted: Noted) -> int | None:
    """Return the position that verification names, with the hashes that were noted."""
    report: ChainReport = verify(values, read_link, partition=partition, witnesses=noted.hashes)
    return None if report.problem is None else report.problem.position


def tree_accepts(values: Values, partition: int, noted: Noted) -> bool:
    """Tell whether the tree over the values is that of every checkpoint."""
    log = TreeLog(origin_of(LEDGER, partition), partition, noted.roots)
    try:
        for value in values:
            log.append(value)
        log.caught_up()
    except LedgerError:
        return False
    return True


def independent_verifier_accepts(ledger: Ledger, values: list[Values]) -> bool:
    """Tell whether the verifier that shares no code with the gate finds nothing."""
    notes = [
        str(SignedNote(text=text, signatures=(LOG_KEY.sign(text),))).encode()
        for partition, noted in enumerate(ledger.noted)
        for size, root in noted.roots.items()
        for text in [Checkpoint(origin=origin_of(LEDGER, partition), size=size, root=root).text]
    ]
    check: Callable[..., None] = _tool().verify_ledger
    try:
        with redirect_stdout(StringIO()):
            check(dict(enumerate(values)), {0: notes}, str(LOG_KEY.verifier))
    except SystemExit:
        return False
    return True


@cache
def _tool() -> ModuleType:
    found = importlib.util.spec_from_file_location("verify_ledger", TOOL)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
