import pytest

from tests.gate.bench import Bench


@pytest.fixture
def bench() -> Bench:
    """Return a partition at which nothing has arrived yet."""
    return Bench()
