"""Downloads jars from Maven Central.

It trusts nothing that comes: `streams.kafka.jars` compares each file with the pinned hash. Only the embedded
broker needs them; a worker on a Kafka of its own never comes here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jgo.maven import MavenContext, PythonResolver

from streams.errors import UnavailableError
from streams.kafka.jars import Jar

# Seconds without a byte, not for a whole file.
HTTP_TIMEOUT = 30


def download_from_central(jar: Jar, folder: Path, advance: Callable[[int], None]) -> Path:
    """Download one jar below the folder and return its file; whether it is the right one is not checked.

    `advance` is told of the bytes as they come.

    Raises:
        UnavailableError: the network or the server does not give it.
    """

    @contextmanager
    def progress(_name: str, _size: int) -> Iterator[Callable[[int], None]]:
        yield advance

    resolver = PythonResolver(progress_callback=progress)
    context = MavenContext(resolver=resolver, repo_cache=folder, timeout=HTTP_TIMEOUT)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return Path(component.artifact().resolve())
    except (
        OSError,
        RuntimeError,
    ) as error:  # requests' errors are OSErrors; jgo raises RuntimeError for a 404
        raise UnavailableError(
            f"cannot download `{jar.file_name}` from Maven Central ({type(error).__name__}); connect to the "
            "network, or set KAFKA_BOOTSTRAP_SERVERS to a broker of your own"
        ) from error
