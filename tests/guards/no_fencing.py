"""A plugin for pytest: each producer has a transactional id of its own, so nobody shuts out anybody."""

from itertools import count
from typing import Any

from streams.kafka import producer

_NUMBERS = count()
_fenced = producer.AIOKafkaProducer


def _alone(**options: Any) -> Any:
    return _fenced(**{**options, "transactional_id": f"{options['transactional_id']}.{next(_NUMBERS)}"})


producer.AIOKafkaProducer = _alone
