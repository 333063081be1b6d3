"""On what it was measured: processor, Python, broker and libraries."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from confluent_kafka import libversion

from streams.kafka.jars import pinned_jars

LIBRARIES = (
    "alpr-gate", "faust-streaming", "aiokafka", "uvloop", "quixstreams", "confluent-kafka",
)  # fmt: skip
CPU_INFO = Path("/proc/cpuinfo")


def machine() -> dict[str, object]:
    """Return what a reader needs to tell whether two runs can be compared."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "kafka": _broker(),
        "librdkafka": libversion()[0],
        **{library: version(library) for library in LIBRARIES},
    }


def _processor() -> str:
    """Return the processor's name; Linux alone tells more than its family."""
    if CPU_INFO.exists():
        for line in CPU_INFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _broker() -> str:
    return next(jar.version for jar in pinned_jars() if jar.artifact == "kafka-clients")
