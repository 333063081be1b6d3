import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.decide import decide
from streams.codecs.decision_json import decision_to_json
from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.codecs.request_json import request_from_json
from streams.codecs.yaml_kinds import read_instant
from streams.errors import InputError
from streams.examples import example_path, read_example
from streams.policy.books import Books
from streams.policy.decide import decide as decide_request
from streams.policy.explain import explain
from streams.policy.policy_in_force import put_in_force

AT = "2026-01-02T03:04:05Z"
REQUEST: dict[str, object] = {
    "request_id": "r-1",
    "kind": "record_request",
    "initiated_by": "recipient",
    "recipient_name": "Pasadena CA PD",
    "requested_by": {"user": "officer-1", "organisation": "Pasadena CA PD"},
    "authenticated_as": "us-ca-pasadena-pd",
    "purpose_code": "criminal_investigation",
    "reason_text": "armed robbery on Spring Street",
    "data_types": ["plate_read"],
    "scopes": ["search"],
    "selector": {
        "plate": "8ABC123",
        "window_from": "2026-01-01T00:00:00Z",
        "window_to": "2026-01-02T00:00:00Z",
    },
    "requested_at": "2026-01-02T03:00:00Z",
}
TO_THE_FBI: dict[str, object] = {**REQUEST, "request_id": "r-2", "recipient_name": "FBI"}
FILES = [
    "--policy",
    str(example_path("policy.yaml")),
    "--registry",
    str(example_path("registry.yaml")),
    "--agreements",
    str(example_path("agreements.yaml")),
]


def run(text: str, *options: str) -> Result:
    return CliRunner().invoke(decide, ["-", "--at", AT, *options], input=text)


def lines_of(*requests: dict[str, object]) -> str:
    return "".join(json.dumps(request) + "\n" for request in requests)


def test_one_request_is_answered_with_its_verdict_and_why() -> None:
    result = run(json.dumps(TO_THE_FBI), *FILES)
    assert result.exit_code == 0
    assert result.stdout.startswith("BLOCK  r-2\n  Blocked.\n  - RECIPIENT_FEDERAL (Civ. Code 1798.90.55(b)")


def test_a_document_of_many_lines_is_one_request() -> None:
    result = run(json.dumps(REQUEST, indent=2), *FILES)
    assert result.stdout.startswith("FORWARD  r-1\n")


def test_json_lines_in_give_json_lines_out_in_order() -> None:
    result = run("\n" + lines_of(REQUEST, TO_THE_FBI), "--json", *FILES)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(each["request_id"], each["verdict"], each["leading_reason"]) for each in answers] == [
        ("r-1", "forward", None),
        ("r-2", "block", "RECIPIENT_FEDERAL"),
    ]


def test_json_is_the_decision_as_the_rules_give_it() -> None:
    books = Books()
    for entity in read_registry(read_example("registry.yaml"), "registry.yaml"):
        books.put_entity(entity)
    for agreement in read_agreements(read_example("agreements.yaml"), "agreements.yaml"):
        books.put_agreement(agreement)
    books.revision = 0
    policy = put_in_force(read_policy(read_example("policy.yaml"), "policy.yaml"))
    request = request_from_json(json.dumps(REQUEST))
    decision = decide_request(request, books, policy, read_instant(AT, "UTC"))
    expected = decision_to_json(decision, explain(decision, request, books, policy)).decode()
    assert run(json.dumps(REQUEST), "--json", *FILES).stdout == expected + "\n"


def test_the_examples_stand_in_for_files_that_are_not_given_and_stderr_says_so() -> None:
    result = run(json.dumps(REQUEST), "--json")
    assert result.stdout == run(json.dumps(REQUEST), "--json", *FILES).stdout
    assert [line.split(" ")[1] for line in result.stderr.splitlines()] == [
        "--policy",
        "--registry",
        "--agreements",
    ]
    assert run(json.dumps(REQUEST), *FILES).stderr == ""


def test_a_request_that_nobody_vouched_for_is_refused() -> None:
    result = run(json.dumps({**REQUEST, "authenticated_as": None}), "--json", *FILES)
    assert json.loads(result.stdout)["leading_reason"] == "REQUESTER_NOT_AUTHENTICATED"


def test_it_decides_as_if_it_were_the_time_given() -> None:
    after = run(json.dumps(REQUEST), "--json", *FILES, "--at", "2030-01-02")
    assert "AGREEMENT_EXPIRED" in {reason["code"] for reason in json.loads(after.stdout)["reasons"]}
    assert json.loads(after.stdout)["decided_at"] == "2030-01-02T08:00:00Z"


@pytest.mark.parametrize("at", ["now", "2026-01-02T03:04:05", "2026-13-01"])
def test_a_time_without_offset_is_a_wrong_option(at: str) -> None:
    result = run(json.dumps(REQUEST), "--at", at)
    assert result.exit_code == 2
    assert "expected a time with offset" in result.stderr


def test_the_first_bad_line_is_named_after_the_answers_before_it() -> None:
    result = run(lines_of(REQUEST, {"a": 1}, TO_THE_FBI), "--json", *FILES)
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith("<stdin>:2: ")
    assert [json.loads(line)["request_id"] for line in result.stdout.splitlines()] == ["r-1"]


def test_a_bad_file_is_named_with_its_line(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(read_example("policy.yaml").replace("visible_for: P2Y", "visible_for: long"))
    result = run(json.dumps(REQUEST), "--policy", str(policy))
    assert isinstance(result.exception, InputError)
    assert f"{policy}:" in str(result.exception)
    assert "visible_for: expected an ISO 8601 duration" in str(result.exception)


def test_a_file_that_is_not_utf_8_is_an_input_error(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_bytes(b"agency: \xff")
    result = run(json.dumps(REQUEST), "--policy", str(policy))
    assert str(result.exception) == f"{policy}: expected UTF-8 text, got other bytes at 8"


@pytest.mark.parametrize(("text", "code"), [(lines_of(TO_THE_FBI), 0), ("no request\n", 2), ("", 0)])
def test_the_exit_code_is_about_the_input_and_not_the_verdict(text: str, code: int) -> None:
    command = [sys.executable, "-m", "streams", "decide", "-", "--at", AT]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("alpr-gate: <stdin>:1: " in done.stderr) is (code == 2)
