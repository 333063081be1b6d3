"""The description of the API for machines, OpenAPI 3.1.

The bodies are described by the same shapes that read and write them, so a field that a schema gains stands
here without a line of text.
"""

from importlib.metadata import version
from typing import Any

from streams.adapters.api.body import JSON_TYPE
from streams.adapters.api.problems import PROBLEM_TYPE
from streams.codecs.catalogue import versions_of
from streams.codecs.json_schema import JsonSchema, json_schema_of
from streams.codecs.submission_json import REQUEST_ID, SUBMISSION, SUPPLEMENT

Json = dict[str, Any]

SUBMIT, SHOW, SUPPLEMENT_PATH, WITHDRAWAL_PATH = (
    "/v1/requests",
    "/v1/requests/{request_id}",
    "/v1/requests/{request_id}/supplement",
    "/v1/requests/{request_id}/withdrawal",
)
_ID: JsonSchema = {"type": "string", "pattern": f"^{REQUEST_ID}$"}
_PROBLEM: JsonSchema = {
    "type": "object",
    "description": "An error as in RFC 9457; `errors` point to a field of the body (RFC 6901).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
_RECEIPT: JsonSchema = {"type": "object", "properties": {"request_id": _ID}, "required": ["request_id"]}
# What can be done with a request whose receipt one holds.
_LINKS: Json = {
    operation: {"operationId": operation, "parameters": {"request_id": "$response.body#/request_id"}}
    for operation in ("show", "supplement", "withdraw")
}
_STATE: JsonSchema = {
    "type": "object",
    "properties": {
        "request_id": _ID,
        "state": {
            "enum": ["waiting", "answered"],
            "description": "`waiting` while something that was sent under this id has no answer yet.",
        },
        "answers": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Answer"},
            "description": "Oldest first; the last one stands.",
        },
    },
    "required": ["request_id", "state", "answers"],
}
# What each status means here, and in words that do not depend on the page.
_MEANINGS = {
    "200": "How the request stands.",
    "202": "Passed on to the gate; its answer will be at `Location`.",
    "400": "The body is no JSON.",
    "401": "No token and no client certificate, or one that is not valid here or not any more.",
    "403": "The client certificate stands for no agency, or for another than the token.",
    "404": "No request of this agency with this id is known.",
    "408": "The body came too slowly.",
    "409": "It contradicts itself, or how the request stands; `detail` says why.",
    "413": "The body is too large.",
    "415": "The body is not `application/json`, or compressed.",
    "422": "A field is not what it must be; `errors` names it.",
    "429": "Too many requests; `Retry-After` says in how many seconds the next one is free.",
    "503": "Not now; nothing is lost by sending the same again.",
}


def openapi() -> Json:
    """Return the whole description as plain data."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "alpr-gate: requests of partner agencies",
            "version": version("alpr-gate"),
            "description": (
                "Ask for licence-plate data and learn what was decided. The bearer token or the client "
                "certificate says which agency asks. The same request sent again is a repeat: it gets the "
                "first answer, and nothing twice."
            ),
        },
        "security": [{"token": []}, {"certificate": []}],
        "paths": {
            SUBMIT: {"post": _submit()},
            SHOW: {"parameters": [_id_parameter()], "get": _show()},
            SUPPLEMENT_PATH: {"parameters": [_id_parameter()], "post": _supplement()},
            WITHDRAWAL_PATH: {"parameters": [_id_parameter()], "post": _withdraw()},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "certificate": {"type": "mutualTLS"},
            },
            "schemas": {
                "Request": _with_id(json_schema_of(SUBMISSION)),
                "Supplement": json_schema_of(SUPPLEMENT),
                "Receipt": _RECEIPT,
                "State": _STATE,
                "Answer": json_schema_of(versions_of("answer")[-1].record),
                "Problem": _PROBLEM,
            },
        },
    }


def _submit() -> Json:
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "Not needed: `request_id` is the key. If it is sent, it must be the same.",
    }
    return {
        "operationId": "submit",
        "summary": "Send a request.",
        "parameters": [key],
        "requestBody": _body("Request"),
        "responses": _responses("202", "Receipt", ("400", "408", "409", "413", "415", "422")),
    }


def _show() -> Json:
    return {
        "operationId": "show",
        "summary": "See how a request of this agency stands.",
        "responses": _responses("200", "State", ("404",)),
    }


def _supplement() -> Json:
    return {
        "operationId": "supplement",
        "summary": "Fill what a held request lacks; what is left out stays as it is.",
        "requestBody": _body("Supplement"),
        "responses": _responses("202", "Receipt", ("400", "404", "408", "409", "413", "415", "422")),
    }


def _withdraw() -> Json:
    return {
        "operationId": "withdraw",
        "summary": "Take back a request of this agency that is held. It has no body.",
        "responses": _responses("202", "Receipt", ("404", "409")),
    }


def _id_parameter() -> Json:
    return {"name": "request_id", "in": "path", "required": True, "schema": _ID}


def _with_id(schema: JsonSchema) -> JsonSchema:
    fields = schema["properties"]
    return {**schema, "properties": {**fields, "request_id": {**fields["request_id"], **_ID}}}


def _body(name: str) -> Json:
    return {"required": True, "content": {JSON_TYPE: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _responses(good: str, name: str, bad: tuple[str, ...]) -> Json:
    """Return the responses of a page; that of the door can come from every one."""
    responses = {good: _response(good, JSON_TYPE, name)}
    if good == "202":
        responses[good]["links"] = _LINKS
    for status in sorted((*bad, "401", "403", "429", "503")):
        responses[status] = _response(status, PROBLEM_TYPE, "Problem")
    return responses


def _response(status: str, content_type: str, name: str) -> Json:
    content = {content_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"description": _MEANINGS[status], "content": content}
