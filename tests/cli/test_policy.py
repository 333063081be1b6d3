from dataclasses import replace

import orjson
import pytest

from streams.cli.books_output import plain
from streams.policy.vocabulary import Purpose
from streams.settings import Settings
from tests.books.samples import policy
from tests.cli.books_runner import gate_on

pytestmark = pytest.mark.kafka


def file_of(**changes: object) -> str:
    return orjson.dumps(plain(replace(policy(), **changes))).decode()  # type: ignore[arg-type]  # fields of a policy


def test_a_policy_is_applied_and_shown_in_the_form_of_the_file(settings: Settings) -> None:
    gate = gate_on(settings)
    applied = gate("policy", "apply", "-", stdin=file_of())
    assert (applied.exit_code, applied.error) == (0, "")
    assert "revision 0: 1 changed" in applied.output
    shown = gate("policy", "show")
    assert "policy hash" in shown.output
    assert "hold_deadline" in shown.output
    as_json = gate("policy", "show", "--json").output
    assert orjson.loads(as_json) == orjson.loads(file_of())
    assert "0 changed, 1 unchanged" in gate("policy", "apply", "-", stdin=as_json).output


def test_a_policy_that_allows_what_the_statute_forbids_is_refused(settings: Settings) -> None:
    gate = gate_on(settings)
    unlawful = file_of(purposes=(Purpose.IMMIGRATION_ENFORCEMENT,))
    refused = gate("policy", "apply", "-", stdin=unlawful)
    assert refused.exit_code == 3
    assert "a request for `immigration_enforcement`" in refused.error


def test_books_without_a_policy_say_so(settings: Settings) -> None:
    gate = gate_on(settings)
    assert gate("policy", "show").exit_code == 69
    gate("policy", "apply", "-", stdin="no: policy")
    gate("entities", "apply", "-", stdin="entities: []")
    missing = gate("policy", "show")
    assert (missing.exit_code, "hold no policy" in missing.error) == (2, True)
