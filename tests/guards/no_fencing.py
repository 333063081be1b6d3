"""A plugin for pytest: each producer has a transactional id of its own, so nobody shuts out anybody."""

from itertools import count
from typing import Any

import aiokafka

from streams.kafka import producer

_NUMBERS = count()
_fenced = aiokafka.AIOKafkaProducer


def _alone(**options: Any) -> Any:
    return _fenced(**{**options, "transactional_id": f"{options['transactional_id']}.{next(_NUMBERS)}"})


setattr(producer, "AIOKafkaProducer", _alone)  # noqa: B010  # the guard is switched off
