"""A session of guided fuzzing: one process for each target, what it reached, and the inputs it failed on."""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.plain import CORPUS
from tests.fuzz.targets import TARGETS

PROJECT = Path(__file__).parents[2]
# libFuzzer's limits for one input: bytes, seconds, and MiB of the whole process.
LIMITS = ("-max_len=16384", "-timeout=10", "-rss_limit_mb=1024")
# Files take milliseconds where bodies take microseconds, so they get fewer inputs of a whole.
WEIGHTS: Mapping[str, int] = {
    **dict.fromkeys(TARGETS, 4), "policy_file": 1, "registry_file": 1, "agreements_file": 1, "mapping": 1,
    "decision": 2,
}  # fmt: skip
_COVERAGE = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+)", re.MULTILINE)
_DONE = re.compile(r"^Done (\d+) runs", re.MULTILINE)
# Begins what is written of an input that failed.
_FINDING = " === Uncaught Python exception"
_SAID = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What fuzzing one target came to.

    `before` and `after` are the edges of the code that its seeds, and then all inputs, ran through;
    `findings` are the files with inputs that it failed on, and `said` is what it wrote about them.
    """

    target: str
    inputs: int
    before: int
    after: int
    findings: tuple[Path, ...]
    said: str


def shares(names: tuple[str, ...], inputs: int) -> dict[str, int]:
    """Return how many of so many inputs each target gets, by its weight; they are not fewer in all."""
    whole = sum(WEIGHTS[name] for name in names)
    return {name: -(-inputs * WEIGHTS[name] // whole) for name in names}


async def fuzz(names: tuple[str, ...], inputs: int, seed: int) -> AsyncIterator[Reached]:
    """Fuzz targets one after the other, with so many inputs in all."""
    for name, share in shares(names, inputs).items():
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            yield await _one(name, share, seed, Path(folder))


async def _one(name: str, inputs: int, seed: int, folder: Path) -> Reached:
    corpus, artefacts = folder / "corpus", folder / "artefacts"
    corpus.mkdir()
    artefacts.mkdir()
    for number, data in enumerate(TARGETS[name].seeds()):
        (corpus / f"seed-{number}").write_bytes(data)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fuzz.guided", name,
        f"-runs={inputs}", f"-seed={seed}", f"-artifact_prefix={artefacts}/", *LIMITS, str(corpus),
        cwd=PROJECT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    said = output.decode(errors="replace")
    found = _COVERAGE.findall(said)
    done = _DONE.search(said)
    findings = tuple(_kept(name, file) for file in sorted(artefacts.iterdir()))
    if (done is None and not findings) or not found:
        raise RuntimeError(f"fuzzing of {name} did not run: {said[-_SAID:]}")
    return Reached(
        target=name,
        inputs=int(done[1] if done else found[-1][0]),
        before=int(found[0][1]),
        after=int(found[-1][1]),
        findings=findings,
        said=said[said.find(_FINDING) :][:_SAID] if findings else "",
    )


def _kept(name: str, artefact: Path) -> Path:
    """Keep an input that failed, for the suite to play again from now on."""
    kept = CORPUS / name / artefact.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(artefact, kept))
