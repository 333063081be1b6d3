from pathlib import Path

import orjson
import pytest

from streams.codecs.files import read_agreements
from streams.examples import example_path
from streams.settings import Settings
from tests.cli.books_runner import Ended, Gate, gate_on

PORTAL = "src_agency,external_agency\nOurs,Albany CA PD\nOurs,FBI\nOurs,Burbank CA PD\nOurs,Nobody\n"
BOOKS = (
    *("--registry", str(example_path("registry.yaml"))),
    *("--agreements", str(example_path("agreements.yaml"))),
)


@pytest.fixture
def offline() -> Gate:
    return gate_on(Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True))


def imported(gate: Gate, folder: Path, *options: str) -> Ended:
    (folder / "portal.csv").write_text(PORTAL, encoding="utf-8")
    return gate(
        *("agreements", "import", str(folder / "portal.csv")),
        *("--output", str(folder / "drafts.yaml"), *BOOKS, *options),
    )


def test_it_writes_drafts_and_reports_who_has_none(offline: Gate, tmp_path: Path) -> None:
    ended = imported(offline, tmp_path)
    assert (ended.error, ended.exit_code) == ("", 0)
    lines = ended.output.splitlines()
    assert lines[0] == "4 recipients are listed"
    assert "     1 have an agreement in force" in lines
    assert "     1 could never receive: close the share, or refuse it" in lines
    assert any("RECIPIENT_FEDERAL" in line for line in lines)
    drafts = read_agreements((tmp_path / "drafts.yaml").read_text(encoding="utf-8"), "drafts.yaml")
    assert [one.agreement_id for one in drafts] == ["legacy-us-ca-albany-pd"]


def test_a_file_that_somebody_may_have_edited_is_never_replaced(offline: Gate, tmp_path: Path) -> None:
    imported(offline, tmp_path)
    (tmp_path / "drafts.yaml").write_text("agreements: []  # mine\n", encoding="utf-8")
    again = imported(offline, tmp_path)
    assert (again.exit_code, "is there already" in again.error) == (2, True)
    assert (tmp_path / "drafts.yaml").read_text(encoding="utf-8") == "agreements: []  # mine\n"


def test_json_has_every_recipient(offline: Gate, tmp_path: Path) -> None:
    report = orjson.loads(imported(offline, tmp_path, "--json").output)
    assert {each["name"]: each["found"] for each in report["recipients"]} == {
        "Albany CA PD": "no_agreement",
        "Burbank CA PD": "agreement_in_force",
        "FBI": "could_never_receive",
        "Nobody": "unresolved",
    }
