"""A real schema registry with Confluent's API: Apicurio Registry, pinned, in memory."""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from filelock import FileLock
from jgo.maven import MavenContext, PythonResolver

from streams.kafka.child import Child
from streams.kafka.jars import cache_folder
from streams.kafka.java import packaged_java
from streams.kafka.ports import free_port

VERSION = "3.3.3"
SHA256 = "8bc6751c76d963734224b01d5e7f84ccb3cb61c87d3bd77c36c35f10a5cbed63"
# It takes four seconds where nothing else runs.
PATIENCE = 90.0


class Registry:
    """A registry of one's own, empty at first."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/apis/ccompat/v7"

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return what the registry answers; the error of urllib for a refusal."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # an address of ours
            return json.loads(answer.read())

    def fill(self, count: int) -> None:
        """Register schemas of somebody else, so that ours get other ids than in an empty registry."""
        for number in range(count):
            schema = {"type": "record", "name": f"Other{number}", "fields": []}
            self.call("POST", f"/subjects/other-{number}/versions", {"schema": json.dumps(schema)})

    def subjects(self) -> list[str]:
        return cast("list[str]", self.call("GET", "/subjects"))


@contextmanager
def running() -> Iterator[Registry]:
    """Start a registry; it ends with the context, and with this process."""
    # Not any that the machine has: the registry needs a newer one than the broker.
    java, program = packaged_java(), _unpacked()
    if java is None:
        pytest.skip("there is no Java from pip on this platform")
    folder = Path(tempfile.mkdtemp(prefix="alpr-gate-registry-"))
    port = free_port()
    environment = {
        **os.environ,
        "QUARKUS_HTTP_HOST": "127.0.0.1",
        "QUARKUS_HTTP_PORT": str(port),
        "QUARKUS_MANAGEMENT_PORT": str(free_port()),
    }
    command = [str(java), "-Xmx256m", "-jar", str(program)]
    child = Child(command, folder / "log", folder, environment)
    try:
        registry = Registry(port)
        _await_answer(registry, child, folder / "log")
        yield registry
    finally:
        child.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _await_answer(registry: Registry, child: Child, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert child.alive, log.read_text("utf-8", "replace")[-3000:]
        try:
            registry.subjects()
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text("utf-8", "replace")[-3000:])


def _unpacked() -> Path:
    """Return the program, downloaded and unpacked once on a machine; skip where it cannot be had."""
    folder = cache_folder(None).parent / "apicurio"
    program = folder / VERSION / "quarkus-run.jar"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=900):
        if not program.exists():
            with tempfile.TemporaryDirectory(dir=folder) as partial:
                with tarfile.open(_downloaded(Path(partial))) as archive:
                    archive.extractall(Path(partial) / "app", filter="data")
                # Last, and at once: whoever finds it finds all of it.
                (Path(partial) / "app").rename(folder / VERSION)
    return program


def _downloaded(folder: Path) -> Path:
    context = MavenContext(resolver=PythonResolver(), repo_cache=folder)
    component = context.project("io.apicurio", "apicurio-registry-app").at_version(VERSION)
    try:
        file = Path(component.artifact(classifier="all", packaging="tar.gz").resolve())
    except (OSError, RuntimeError) as error:
        pytest.skip(f"Apicurio Registry {VERSION} cannot be downloaded: {type(error).__name__}")
    with file.open("rb") as opened:
        assert hashlib.file_digest(opened, "sha256").hexdigest() == SHA256, "not the pinned registry"
    return file
