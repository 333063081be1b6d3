"""The real requests on a real Kafka: each has its record, and none of them leaves."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.real_data, pytest.mark.kafka]

PATIENCE = 240
NOTICES = "smpd_inbound_share_requests_2023_2025.csv"
PORTALS = "mcclatchy_agency_access20240426.csv"


@pytest.mark.parametrize(("file", "requests"), [(NOTICES, 53), (PORTALS, 10_950)])
def test_every_real_request_is_recorded_and_none_is_forwarded(
    real_data: Path, file: str, requests: int
) -> None:
    command = [sys.executable, "-m", "streams", "demo", "--requests", str(real_data / file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)

    assert done.returncode == 0, done.stderr
    assert f"{requests:,} inputs with one record each, 0 forwards" in done.stdout
    assert not re.search(r"^forward ", done.stdout, re.MULTILINE)
    assert "verified" in done.stdout
