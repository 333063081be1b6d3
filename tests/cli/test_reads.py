"""What a payload would become, as the command shows it."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from streams.cli.reads import reads
from streams.errors import InputError
from streams.examples import example_path
from tests.adapters.reads import samples


def parse(tmp_path: Path, *options: str) -> Result:
    file = tmp_path / "payload"
    file.write_text(samples.PLAIN_CSV.replace("2027", "2025").replace("8ZZZ002", ""))
    return CliRunner().invoke(reads, ["parse", str(file), *options])


def test_a_mapping_is_tried_on_a_payload(tmp_path: Path) -> None:
    found = parse(tmp_path, "--mapping", str(example_path("mappings/plain_csv.yaml")))
    read, unread = map(json.loads, found.stdout.splitlines())
    assert (read["read"]["plate"], unread["reason"]) == ("7ZZZ001", "no_plate")


def test_a_wrong_mapping_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("mapping: trial\npayload: xml\nread: {}\n")
    found = parse(tmp_path, "--mapping", str(tmp_path / "mapping.yaml"))
    assert isinstance(found.exception, InputError)
    told = "mapping.yaml:2: payload: expected one of json, json_lines, csv, got `xml`"
    assert told in str(found.exception)


def test_the_format_is_said_in_one_way(tmp_path: Path) -> None:
    for options in ((), ("--format", "axis", "--mapping", str(example_path("mappings/verkada.yaml")))):
        found = parse(tmp_path, *options)
        assert found.exit_code == 2
        assert "either --format or --mapping" in found.stderr
