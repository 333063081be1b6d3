import pytest

from streams.errors import LedgerError
from streams.ledger.merkle import Tree, leaf_hash
from streams.notary.tree_log import TreeLog
from tests.ledger.chains import HONEST, written

VALUES = written(HONEST)
TREE = Tree(map(leaf_hash, VALUES))


def followed(values: list[bytes], signed: dict[int, bytes] | None = None) -> TreeLog:
    log = TreeLog("ledger/0", 0, signed or {})
    for value in values:
        log.append(value)
    log.caught_up()
    return log


def test_the_checkpoint_is_of_all_that_was_appended() -> None:
    log = followed(VALUES)
    checkpoint = log.checkpoint()
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == ("ledger/0", 10, TREE.root())
    assert log.unsigned == 10
    log.was_signed(checkpoint)
    assert log.unsigned == 0


def test_a_ledger_that_goes_on_after_what_was_signed_is_followed() -> None:
    assert followed(VALUES, {4: TREE.root(4), 7: TREE.root(7)}).unsigned == 3


def test_a_ledger_that_was_rewritten_is_not_signed() -> None:
    # A chain of its own that holds together, so that nothing but the tree can tell.
    rewritten = written((*HONEST[:3], *HONEST[4:5]))
    assert followed(rewritten).unsigned == 4
    with pytest.raises(LedgerError, match="not the one that was signed at 4 records"):
        followed(rewritten, {4: TREE.root(4)})


def test_a_ledger_that_was_cut_off_is_not_signed() -> None:
    with pytest.raises(LedgerError, match="ends after 6 records and 7 were signed"):
        followed(VALUES[:6], {7: TREE.root(7)})


@pytest.mark.parametrize("value", [None, b"no record"])
def test_what_is_no_record_is_not_signed(value: bytes | None) -> None:
    log = followed(VALUES)
    with pytest.raises(LedgerError, match="position 10: the record cannot be read"):
        log.append(value)


def test_a_record_that_breaks_the_chain_is_not_signed() -> None:
    log = followed(VALUES[:5])
    with pytest.raises(LedgerError, match="nothing more is signed"):
        log.append(VALUES[6])


def test_another_partition_is_not_signed() -> None:
    with pytest.raises(LedgerError, match="another partition"):
        TreeLog("ledger/1", 1, {}).append(VALUES[0])
