"""The ACL commands let each role do what the map says it does, and nothing more."""

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from streams.flow import STAGES
from streams.topics import Topics

SCRIPT = Path(__file__).parents[2] / "deploy" / "kafka" / "acls.sh"
TOPICS = Topics("", 1)
ROLES = {"intake": "alpr-intake", "custodian": "alpr-custodian", "books": "alpr-gate", "gate": "alpr-gate",
         "live shares": "alpr-gate",
         "security team": "alpr-security", "auditor": "alpr-auditor", "notary": "alpr-notary",
         "records officer": "alpr-records", "reviewer": "alpr-reviewer",
         "rehearsal": "alpr-records", "counsel": "alpr-counsel", "api": "alpr-api",
         "books owner": "alpr-owner", "read intake": "alpr-reads",
         "desk of releases": "alpr-releases", "queries": "alpr-gate", "query import": "alpr-queries",
         "vendor watch": "alpr-drift", "drift": "alpr-gate"}  # fmt: skip
Grants = dict[tuple[str, str], set[str]]


def _commands(*arguments: str, **environment: str) -> list[str]:
    result = subprocess.run(
        [str(SCRIPT), *arguments],
        env={"DRY_RUN": "1", "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return result.stdout.splitlines()


def _grants(*arguments: str) -> Grants:
    """Return who may do what, as (principal, operation) -> topics; a prefix ends in an asterisk."""
    grants: Grants = defaultdict(set)
    for command in _commands(*arguments):
        principal = re.findall(r"--allow-principal User:(\S+)", command)[0]
        suffix = "*" if "--resource-pattern-type prefixed" in command else ""
        for operation in re.findall(r"--operation (\w+)", command):
            grants[principal, operation] |= {
                topic + suffix for topic in re.findall(r"--topic (\S+)", command)
            }
    return grants


GRANTS = _grants()


def _as_granted(topics: tuple[str, ...]) -> set[str]:
    return {"alpr.out.*" if topic.startswith("alpr.out.") else topic for topic in topics}


@pytest.mark.parametrize("role", sorted(set(ROLES.values())))
def test_a_role_writes_what_the_map_says_and_nothing_else(role: str) -> None:
    mapped = {
        topic for stage in STAGES if ROLES.get(stage.name) == role for topic in _as_granted(stage.writes)
    }
    assert GRANTS.get((role, "Write"), set()) == mapped


@pytest.mark.parametrize("role", sorted(set(ROLES.values())))
def test_a_role_reads_what_the_map_says_and_nothing_else(role: str) -> None:
    mapped = {
        topic for stage in STAGES if ROLES.get(stage.name) == role for topic in _as_granted(stage.reads)
    }
    assert GRANTS.get((role, "Read"), set()) == mapped


def test_only_intakes_reviewers_counsel_and_the_gate_write_requests() -> None:
    writers = {"alpr-intake", "alpr-api", "alpr-reviewer", "alpr-counsel", "alpr-gate"}
    assert _who("Write", TOPICS.requests.name) == writers


def test_only_the_gate_writes_the_ledger_and_to_recipients() -> None:
    assert _who("Write", TOPICS.decisions.name) == {"alpr-gate"}
    assert _who("Write", "alpr.out.*") == {"alpr-gate"}


def test_only_who_looks_for_plain_copies_reads_what_a_recipient_is_sent() -> None:
    assert _who("Read", "alpr.out.*") == {"alpr-records"}


def test_only_the_gate_orders_to_disclose_and_only_the_records_officer_reads_it() -> None:
    assert _who("Write", TOPICS.disclosures.name) == {"alpr-gate"}
    assert _who("Read", TOPICS.disclosures.name) == {"alpr-records"}


def test_only_the_gate_reads_who_searched_for_which_plate() -> None:
    assert _who("Read", TOPICS.queries.name) == {"alpr-gate"}
    assert _who("Write", TOPICS.queries_access.name) == {"alpr-gate"}


def _who(operation: str, topic: str) -> set[str]:
    return {
        principal
        for (principal, allowed), topics in GRANTS.items()
        if allowed == operation and topic in topics
    }


def test_a_recipient_reads_its_own_topic_alone() -> None:
    assert _grants("recipient", "us-ca-pasadena-pd") == {
        ("us-ca-pasadena-pd", "Read"): {"alpr.out.us-ca-pasadena-pd"},
        ("us-ca-pasadena-pd", "Describe"): {"alpr.out.us-ca-pasadena-pd"},
    }


def test_the_custodian_cannot_fence_a_writer_of_the_gate() -> None:
    rules = [command for command in _commands() if "--transactional-id" in command]
    ids: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        (principal,) = re.findall(r"User:(\S+)", rule)
        ids[principal] |= set(re.findall(r"--transactional-id (\S+)", rule))
    assert ids == {
        "alpr-gate": {
            "alpr-gate.alpr.sharing.requests.",
            "alpr-gate.alpr.queries.",
            "alpr-gate.alpr.share-changes.",
            "alpr-gate.alpr.reads.",
        },
        "alpr-custodian": {"alpr-gate.custodian"},
        "alpr-reads": {"alpr-gate.reads."},
        "alpr-drift": {"alpr-gate.drift"},
        "alpr-reviewer": {"alpr-gate.admin-actions.alpr.admin-actions.0"},
        "alpr-records": {"alpr-gate.admin-actions.alpr.admin-actions.0"},
        "alpr-releases": {"alpr-gate.release-actions.alpr.release-actions.0"},
    }
    assert not any(one.startswith(tuple(ids["alpr-gate"])) for one in ids["alpr-custodian"])


def test_the_prefix_of_a_deployment_stands_before_every_topic() -> None:
    topics = re.findall(r"--topic (\S+)", "\n".join(_commands(ALPR_GATE_TOPIC_PREFIX="east.")))
    assert topics
    assert all(topic.startswith("east.alpr.") for topic in topics)


def test_a_word_that_it_does_not_know_changes_nothing() -> None:
    result = subprocess.run(
        [str(SCRIPT), "everything"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (result.returncode, result.stdout) == (2, "")
