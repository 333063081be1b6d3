import json

import orjson
import pytest

from streams.cli.books_output import plain
from streams.settings import Settings
from tests.books.samples import entity
from tests.cli.books_runner import gate_on

pytestmark = pytest.mark.kafka
REGISTRY = orjson.dumps({"entities": [plain(entity()), plain(entity("glendale"))]}).decode()


def test_entities_are_applied_listed_and_shown(settings: Settings) -> None:
    gate = gate_on(settings)
    applied = gate("entities", "apply", "-", "--by", "tester", stdin=REGISTRY)
    assert applied.exit_code == 0, applied.error
    assert "revision 1: 2 changed, 0 unchanged" in applied.output
    assert "entity/burbank" in applied.output
    assert "revision 1: 0 changed, 2 unchanged" in gate("entities", "apply", "-", stdin=REGISTRY).output
    listed = gate("entities", "list").output
    assert "burbank police department" in listed
    assert "glendale police department" in listed
    shown = gate("entities", "show", "burbank").output
    assert "city charter" in shown
    assert "glendale" not in shown


def test_the_json_of_a_list_is_what_apply_reads(settings: Settings) -> None:
    gate = gate_on(settings)
    gate("entities", "apply", "-", stdin=REGISTRY)
    listed = gate("entities", "list", "--json").output
    assert json.loads(listed) == json.loads(REGISTRY)
    assert "0 changed, 2 unchanged" in gate("entities", "apply", "-", stdin=listed).output
    shown = gate("entities", "show", "burbank", "--json").output
    assert "0 changed, 1 unchanged" in gate("entities", "apply", "-", stdin=shown).output


def test_an_unknown_entity_is_told(settings: Settings) -> None:
    gate = gate_on(settings)
    gate("entities", "apply", "-", stdin=REGISTRY)
    unknown = gate("entities", "show", "nobody")
    assert (unknown.exit_code, "there is no entity `nobody`" in unknown.error) == (2, True)


def test_a_wrong_file_changes_nothing(settings: Settings) -> None:
    gate = gate_on(settings)
    gate("entities", "apply", "-", stdin=REGISTRY)
    wrong = gate(
        "entities", "apply", "-", stdin=REGISTRY.replace("burbank", "pasadena").replace('"US-CA"', '"Mars"')
    )
    assert wrong.exit_code == 2
    assert "jurisdiction" in wrong.error
    assert "pasadena" not in gate("entities", "list").output


def test_a_federal_body_does_not_become_local_by_a_stroke_of_the_pen(settings: Settings) -> None:
    gate = gate_on(settings)
    federal = REGISTRY.replace("local_law_enforcement", "federal").replace("US-CA", "US")
    assert gate("entities", "apply", "-", stdin=federal).exit_code == 0
    refused = gate("entities", "apply", "-", stdin=REGISTRY)
    assert refused.exit_code == 3
    assert "a request of `burbank` would be let through" in refused.error
    assert "\n" not in refused.error
