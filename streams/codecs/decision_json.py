"""Decisions as JSON, for people and programs that read one at a time."""

from dataclasses import fields

from streams.codecs.json_text import json_text
from streams.policy.decision import Decision


def decision_to_json(decision: Decision, explanation: str) -> bytes:
    """Return the decision, with its explanation in plain words, as JSON text on one line.

    Keys are those of `Decision` and `explanation`. It holds the access record in the plain, so it is for who
    may see that.

    Raises:
        CodecError: a value in it cannot be written as JSON.
    """
    content = {field.name: getattr(decision, field.name) for field in fields(decision)}
    return json_text({**content, "explanation": explanation})
