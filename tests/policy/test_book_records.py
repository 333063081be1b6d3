from dataclasses import FrozenInstanceError

import pytest

from streams.policy.book_records import BookEvent, BooksAck, Heartbeat
from tests.policy.building import NOW


def test_records_of_the_books_are_values() -> None:
    event = BookEvent(event_id="e-1", key="entity/x", value=None, by="custodian", at=NOW, reason="new")
    assert event == BookEvent(
        event_id="e-1", key="entity/x", value=None, by="custodian", at=NOW, reason="new"
    )
    assert Heartbeat(worker="w", at=NOW) != Heartbeat(worker="v", at=NOW)
    with pytest.raises(FrozenInstanceError):
        event.key = "entity/y"  # type: ignore[misc]  # the case
    ack = BooksAck(worker="w", partition=0, revision=4, at=NOW, epoch=1)
    assert (ack.revision, ack.partition, ack.epoch) == (4, 0, 1)
