from dataclasses import fields

import orjson

from streams.codecs.decision_json import decision_to_json
from tests.codecs.samples import DECISION


def test_a_decision_is_one_line_with_its_fields_and_the_explanation() -> None:
    text = decision_to_json(DECISION, "Blocked: there is no agreement.")
    assert b"\n" not in text
    content = orjson.loads(text)
    assert list(content) == [*(field.name for field in fields(DECISION)), "explanation"]
    assert content["verdict"] == "block"
    assert content["reasons"][0]["code"] == content["leading_reason"] == "NO_AGREEMENT"
    assert content["decided_at"] == "2026-03-04T05:06:07.891234Z"
    assert content["explanation"] == "Blocked: there is no agreement."
