"""The OpenAPI description is what the API does: what it allows is taken, what it forbids is refused."""

import json
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from streams.adapters.api.description import openapi
from streams.codecs.answer import encode_answer
from streams.codecs.submission_json import WRITTEN_BY_INTAKE, submission_from_json, supplement_from_json
from streams.errors import CodecError
from streams.policy.answer import Answer
from streams.policy.answers import Occasion, answer_of
from streams.policy.decide import decide
from streams.policy.vocabulary import RecordKind, RequestId
from tests.adapters.api.counter import LEAST, PASADENA, Counter, counter
from tests.policy.building import NOW, a_request, in_force, some_books

DESCRIPTION = openapi()
SCHEMAS = DESCRIPTION["components"]["schemas"]
Json = Any


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": DESCRIPTION["components"]}
    )


def values_of(schema: Json) -> st.SearchStrategy[Json]:
    """Return values that the schema allows."""
    if "anyOf" in schema:
        return st.one_of(*map(values_of, schema["anyOf"]))
    return BY_TYPE[schema["type"]](schema)


def texts_of(schema: Json) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.timezones()).map(lambda one: one.isoformat()).filter(is_rfc_3339)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    return st.one_of(st.text(max_size=20), *map(st.just, schema.get("examples", ())))


def is_rfc_3339(text: str) -> bool:
    # Without the seconds in offsets of long ago, and within the years that both ends know.
    return text[-6] in "+-" and text[-9] not in "+-" and "0002" < text[:4] < "9998"


def objects_of(schema: Json) -> st.SearchStrategy[Json]:
    fields = {name: values_of(field) for name, field in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema["required"]}
    return st.fixed_dictionaries(required, optional=fields)


BY_TYPE: dict[str, Callable[[Json], st.SearchStrategy[Json]]] = {
    "null": lambda _: st.none(),
    "boolean": lambda _: st.booleans(),
    "integer": lambda schema: st.integers(schema["minimum"], schema["maximum"]),
    "number": lambda _: st.floats(allow_nan=False, allow_infinity=False),
    "array": lambda schema: st.lists(values_of(schema["items"]), max_size=2),
    "object": objects_of,
    "string": texts_of,
}
REQUESTS, SUPPLEMENTS = values_of(SCHEMAS["Request"]), values_of(SCHEMAS["Supplement"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def spoilt(draw: st.DrawFn) -> Json:
    """Return a request with one value somewhere in it exchanged, added or taken away."""
    request = deepcopy(draw(REQUESTS))
    inner = [request, *(each for each in request.values() if isinstance(each, dict))]
    place = draw(st.sampled_from(inner))
    key = draw(st.sampled_from(sorted(place)) | st.text(max_size=9)) if place else "more"
    if draw(st.booleans()):
        place.pop(key, None)
    else:
        place[key] = draw(ANYTHING)
    return request


def json_of(content: Json) -> bytes:
    return json.dumps(content).encode()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter(tmp_path) as made:
        yield made


def test_every_reference_and_every_schema_is_sound() -> None:
    for name, schema in SCHEMAS.items():
        Draft202012Validator.check_schema(schema)
        validator(name).is_valid({})


@given(REQUESTS)
def test_what_the_description_allows_is_read(content: Json) -> None:
    assert validator("Request").is_valid(content)
    assert submission_from_json(json_of(content)).request_id == content["request_id"]


@given(SUPPLEMENTS)
def test_what_it_allows_in_a_supplement_is_read(content: Json) -> None:
    assert validator("Supplement").is_valid(content)
    content.pop("request_id", None)
    assert supplement_from_json(json_of(content), RequestId("r-1")).request_id == "r-1"


@given(spoilt())
def test_what_it_forbids_is_refused(content: Json) -> None:
    if validator("Request").is_valid(content):
        return
    with pytest.raises(CodecError):
        submission_from_json(json_of(content))


@given(REQUESTS, st.text(max_size=9) | st.sampled_from(sorted(WRITTEN_BY_INTAKE)), ANYTHING)
def test_a_field_more_is_described_and_read_by_nobody(content: Json, name: str, value: Json) -> None:
    more = {name: value, **content}
    assume(len(more) > len(content) and name not in SCHEMAS["Request"]["properties"])
    assert not validator("Request").is_valid(more)
    with pytest.raises(CodecError):
        submission_from_json(json_of(more))


@given(content=spoilt() | ANYTHING, path=st.sampled_from(["/v1/requests", "/v1/requests/r-1/supplement"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_response_is_one_that_is_described(desk: Counter, content: Json, path: str) -> None:
    status, told = await desk.post(content, path)
    described = DESCRIPTION["paths"][path.replace("r-1", "{request_id}")]["post"]["responses"]
    assert status < HTTPStatus.INTERNAL_SERVER_ERROR
    (of_type,) = described[str(status)]["content"].values()
    assert validator(of_type["schema"]["$ref"].rpartition("/")[2]).is_valid(told)


def an_answer(**changes: Any) -> Answer:
    books = some_books()
    decision = decide(a_request(**changes), books, in_force(books), NOW)
    occasion = Occasion(
        kind=RecordKind.DECISION, deadline=NOW, explanation="because", authenticated_as=PASADENA
    )
    return answer_of(decision, occasion, NOW)


async def test_a_state_is_what_is_described(desk: Counter) -> None:
    assert (await desk.post(LEAST))[0] == HTTPStatus.ACCEPTED
    for changes in ({"reason_text": ""}, {"purpose_code": "commercial"}, {}):
        desk.memory.take(Told(encode_answer(an_answer(**changes))))
    status, told, _ = await desk.call("GET", "/v1/requests/r-1")
    assert (status, len(told["answers"])) == (200, 3)
    assert list(validator("State").iter_errors(told)) == []


async def test_the_description_is_served_to_anybody(desk: Counter) -> None:
    status, told, _ = await desk.call("GET", "/v1/openapi.json", None)
    assert (status, told) == (200, DESCRIPTION)


class Told:
    """A record of the topic of answers."""

    offset, timestamp, key, headers = 0, 0, None, ()

    def __init__(self, value: bytes) -> None:
        self.value = value
