import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent
TESTS = """
import pytest

@pytest.mark.services("sh")
def test_there(): pass

@pytest.mark.services("sh", "no-such-program")
def test_missing(): pass
"""


def outcome_of(folder: Path, require: str) -> str:
    file = folder / "test_marked.py"
    file.write_text(TESTS)
    options = ["-q", "-c", str(PROJECT / "pyproject.toml"), "-p", "tests.conftest", "-p", "no:cacheprovider"]
    environment = os.environ | {"REQUIRE_SERVICES": require}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", str(folder), str(file)],
        capture_output=True, text=True, timeout=60, env=environment, cwd=PROJECT, check=False,
    )  # fmt: skip
    return done.stdout


def test_a_test_without_its_program_skips_with_the_reason(tmp_path: Path) -> None:
    said = outcome_of(tmp_path, "0")

    assert "1 passed, 1 skipped" in said
    assert "not installed: no-such-program" in said


def test_it_fails_where_the_programs_are_required(tmp_path: Path) -> None:
    said = outcome_of(tmp_path, "1")

    assert "1 passed, 1 error" in said
    assert "not installed: no-such-program, and REQUIRE_SERVICES=1" in said
