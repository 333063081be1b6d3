"""Promise 6 by dice: every edit of a ledger is found where it is, and no clean ledger is accused."""

from random import Random

import pytest

from tests.tampering.edits import EDITS
from tests.tampering.trial import of_clean, of_edit

COUNT = 25


@pytest.mark.parametrize("name", EDITS)
def test_promise_6_every_edit_is_found_where_it_is(name: str) -> None:
    dice = Random(name)  # noqa: S311  # it must repeat
    assert [wrong for _ in range(COUNT) for wrong in of_edit(name, dice)] == []


def test_promise_6_no_clean_ledger_is_accused() -> None:
    dice = Random(6)  # noqa: S311  # it must repeat
    assert [wrong for _ in range(len(EDITS) * COUNT) for wrong in of_clean(dice)] == []
