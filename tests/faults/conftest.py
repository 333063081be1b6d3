"""Books under fire take signed changes alone, as those of a deployment do."""

from pathlib import Path

import pytest

from streams.settings import Settings
from tests.gatehouse import signed


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return signed(settings, tmp_path)
