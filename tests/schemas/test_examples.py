import json
from importlib.resources import files

import orjson
import pytest

from streams.codecs.catalogue import versions_of
from streams.codecs.json_reading import json_reader_of
from streams.codecs.json_text import json_text
from streams.codecs.shapes import Choice, Items, Record, Shape
from streams.policy.decision import Decision
from streams.policy.vocabulary import Verdict
from tests.codecs.examples import content, example
from tests.codecs.strategies import names

VERDICTS = [verdict.value for verdict in Verdict if verdict is not Verdict.UNKNOWN]
# What cannot stand together with the rest of its example, or must be missing there.
NULLS = {
    "hold.request.case_number",
    "ledger_record.access",
    "ledger_record.authority",
    "ledger_record.sealed_disclosure",
    "ledger_record.leading_reason",
    "ledger_record.partition_count",
}
EMPTIES = {"ledger_record.reasons", "hold.decision.obligations"}


def gaps(shape: Shape, value: object, path: str) -> set[str]:
    """Return where an example says nothing: a null or an empty list."""
    match shape:
        case Choice():
            return {path} if value is None else gaps(shape.plain, value, path)
        case Items():
            assert isinstance(value, list)
            return {path} if not value else set().union(*(gaps(shape.item, one, path) for one in value))
        case Record():
            assert isinstance(value, dict)
            assert [field.name for field in shape.fields] == list(value)
            return set().union(
                *(gaps(field.shape, value[field.name], f"{path}.{field.name}") for field in shape.fields)
            )
        case _:
            return set()


def test_every_record_and_every_verdict_has_an_example_and_nothing_else_has() -> None:
    found = {path.name.removesuffix(".json") for path in files("schemas").joinpath("examples").iterdir()}
    assert found == {*names(), *(f"decision_{verdict}" for verdict in VERDICTS)}


@pytest.mark.parametrize("name", names())
def test_an_example_is_what_its_value_is_written_as(name: str) -> None:
    assert orjson.loads(json_text(example(name))) == content(name)


@pytest.mark.parametrize("name", names())
def test_an_example_shows_every_field(name: str) -> None:
    empty = gaps(versions_of(name)[-1].record, content(name), name)
    assert empty == {path for path in NULLS | EMPTIES if path.startswith(f"{name}.")}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_an_example_of_a_verdict_is_a_decision_that_keeps_its_promise(verdict: str) -> None:
    shape = next(field.shape for field in versions_of("hold")[-1].record.fields if field.name == "decision")
    fields = content(f"decision_{verdict}")
    assert fields.pop("explanation")
    decision = json_reader_of(shape)(fields, "")
    assert isinstance(decision, Decision)
    assert decision.verdict.value == verdict
    assert (decision.verdict is Verdict.FORWARD) == (not decision.reasons)
    winning = [reason.code for reason in decision.reasons if reason.verdict is decision.verdict]
    assert decision.leading_reason == (winning[0] if winning else None)
    assert json.loads(json_text(decision)) == fields
