"""schemathesis against the running service: what the description promises of any request is kept.

It makes requests of its own from the OpenAPI description, good ones and bad ones, and walks from one
operation to the next. The service is the real one, with a broker and a gate behind it.
"""

import asyncio
import sys
from pathlib import Path

import pytest

from streams.policy.vocabulary import EntityId
from tests.adapters.api.test_service import api
from tests.gatehouse import Gatehouse

pytestmark = pytest.mark.kafka

PASADENA = EntityId("us-ca-pasadena-pd")
# Of each operation; the phases that have no end of their own stop after so many seconds.
EXAMPLES = 25
SECONDS = 30


async def test_it_finds_nothing(house: Gatehouse, tmp_path: Path) -> None:
    await (await house.worker()).ready(partitions=2)
    async with api(house, tmp_path, PASADENA) as (agency,):
        code, said = await schemathesis(f"{agency.address}/v1/openapi.json", agency.token, tmp_path)
    assert code == 0, said


async def schemathesis(url: str, token: str, folder: Path) -> tuple[int, str]:
    """Run it, and return its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
        "run", url, "--header", f"Authorization: Bearer {token}",
        "--checks", "all", "--max-examples", str(EXAMPLES), "--max-time", str(SECONDS), "--seed", "18",
        "--suppress-health-check", "all", "--no-color", "--continue-on-failure",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
