"""Every scenario of live shares, run: `scenarios.yaml` changes the agreement and the read of `sharing`."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.codecs.json_text import json_text
from streams.policy.live.withheld import Withheld
from tests.policy.live.sharing import an_event, delivered, live_books

ALL = yaml.safe_load((Path(__file__).parent / "scenarios.yaml").read_text())


def shown(delivery: Any) -> dict[str, Any]:
    """Return what a recipient sees, without what is not there."""
    plain = yaml.safe_load(json_text(delivery.read))
    return {key: value for key, value in plain.items() if value is not None} | (
        {"hot_lists": list(delivery.hot_lists)} if delivery.hot_lists else {}
    )


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: one["name"])
def test_scenario(scenario: dict[str, Any]) -> None:
    books, event = live_books(scenario.get("given")), an_event(**scenario.get("read", {}))
    got, then = delivered(books, event), scenario["then"]
    if "withheld" in then:
        assert got is Withheld(then["withheld"])
        return
    assert not isinstance(got, Withheld)
    assert sorted(got) == then["to"]
    for entity_id, expected in then.get("gets", {}).items():
        told = shown(got[entity_id])
        assert {key: told.get(key) for key in expected} == expected
    for entity_id, lacking in then.get("lacks", {}).items():
        assert set(lacking).isdisjoint(shown(got[entity_id]))


def test_every_reason_to_withhold_has_a_scenario() -> None:
    told = {scenario["then"]["withheld"] for scenario in ALL if "withheld" in scenario["then"]}
    # These take a memory, bytes, or a fault.
    others = {Withheld.REPEATED, Withheld.UNREADABLE, Withheld.UNWRITABLE, Withheld.FAILED}
    assert told == set(Withheld) - others
