"""Every vendor's payload, from HTTP to the recipient's own topic: intake, broker and gate are real."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from streams.books.plan import planned_agreements
from streams.ledger.live_record import LiveKind
from streams.simulators.agencies import Condition
from streams.simulators.reads import live_version
from tests.adapters.reads import samples
from tests.adapters.reads.doors import PASSWORD, intake
from tests.gatehouse import Gatehouse
from tests.live.test_on_kafka import all_taken, got, ledger

pytestmark = pytest.mark.kafka

HIKVISION, HIKVISION_TYPE = samples.form({"anpr.xml": ("text/xml", samples.HIKVISION.encode())})
PLATE_RECOGNIZER, PLATE_RECOGNIZER_TYPE = samples.form(
    {"json": (samples.JSON, json.dumps(samples.PLATE_RECOGNIZER_OLD).encode())}
)
# Feed, what it sends, its media type, and how many reads are in it.
PAYLOADS: tuple[tuple[str, object, str, int], ...] = (
    ("rekor", samples.REKOR_GROUP, samples.JSON, 1),
    ("plate_recognizer", PLATE_RECOGNIZER, PLATE_RECOGNIZER_TYPE, 1),
    ("hikvision", HIKVISION, HIKVISION_TYPE, 1),
    ("axis", samples.AXIS, samples.JSON, 1),
    ("dahua", samples.DAHUA, samples.JSON, 1),
    ("genetec", samples.GENETEC, samples.JSON, 1),
    ("verkada", samples.VERKADA, samples.JSON, 1),
    ("list", samples.PLAIN_CSV, "text/csv", 2),
)


def lately(body: object, now: datetime) -> bytes:
    """Return the payload as of the first of March of the last year, which is less than two years ago."""
    then = samples.CAPTURED.replace(year=now.year - 1)
    earlier_by = int((samples.CAPTURED - then).total_seconds())

    def number(match: re.Match[bytes]) -> bytes:
        unit = 1000 if len(match[0]) == len(str(samples.CAPTURED_MS)) else 1
        return str(int(match[0]) - earlier_by * unit).encode()

    plain = (
        body
        if isinstance(body, bytes)
        else body.encode()
        if isinstance(body, str)
        else json.dumps(body).encode()
    )
    return re.sub(rb"180393\d{4}(?:\d{3})?", number, plain).replace(b"2027", str(then.year).encode())


async def test_what_each_vendor_sends_reaches_who_has_an_agreement_and_nobody_else(
    house: Gatehouse, tmp_path: Path
) -> None:
    whole, narrow = (one.agreement for one in house.region.neighbours[Condition.IN_FORCE][:2])
    assert whole is not None
    assert narrow is not None
    changes: dict[str, Any] = {
        "start": house.now - timedelta(days=1000),
        "max_record_age": "P2Y",
        "fields": ("plate", "network"),
        "volume_budget": None,
    }
    shares = [
        replace(live_version(agreement, 0), networks=networks, **changes)
        for agreement, networks in ((whole, ("*",)), (narrow, ("rekor cameras",)))
    ]
    await house.change(planned_agreements(shares))
    await (await house.worker()).ready(partitions=2)
    async with intake(house.settings, tmp_path) as door:
        for feed, body, kind, _ in PAYLOADS:
            headers = {**PASSWORD, "Content-Type": kind}
            sent = await door.send(feed, lately(body, house.now), headers=headers)
            assert (feed, sent) == (feed, HTTPStatus.OK)
        # A hit on a hot list that no agreement names.
        assert await door.send("flock", lately(samples.FLOCK, house.now)) == HTTPStatus.OK
        await door.emptied()
        assert await door.errors() == []
    await all_taken(house)

    everything = await got(house, whole.entity_id)
    assert Counter(one.read.network for one in everything) == {
        f"{feed} cameras": count for feed, _, _, count in PAYLOADS
    }
    assert {one.read.plate for one in everything} == {"7ZZZ001", "8ZZZ002"}
    assert {one.read.captured_at.year for one in everything} == {house.now.year - 1}
    assert {one.read.camera_id for one in everything} == {None}
    assert [one.read.network for one in await got(house, narrow.entity_id)] == ["rekor cameras"]
    # All of it is on record, what went to nobody too.
    batches = [one for one in await ledger(house) if one.kind is LiveKind.BATCH]
    assert sum(one.count for one in batches) == len(everything) + 1
