"""Fuzzing without instruments: seeded mutations of the seeds, for the test suite and for bombs.

Every input has a time and a memory of its own to stay within; what is over is a finding as an exception is.
"""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType

from streams.codecs.record_codec import FRAME_SIZE, INPUT_LIMIT
from tests.fuzz.targets import Target

CORPUS = Path(__file__).parent / "corpus"
SECONDS = 10.0
MEMORY = 512 << 20
# Mutations of mutations go further from the seed, until nothing of it is left.
MOST_ROUNDS = 6
# What makes careless readers recurse, copy or count for ever, as large as an input may be.
BOMBS = (
    b"[", b"{", b"(", b"- ", b"? ", b"a: ", b"[{a: ", b"&a [", b'"', b"'", b"9", b"0", b"\x00", b"\x02",
    b"\x80", b"\xff", b"\n", b"\t", b" ", b",", b"|", b"=", b"A", b"\n\n", b"- a\n", b"a: b\n",
    b"\xf0\x9f\x9a\x97", b"%YAML 1.1\n", b"---\n",
)  # fmt: skip


def inputs(target: Target, dice: Random, count: int) -> Iterator[bytes]:
    """Yield so many spoilt inputs."""
    valid = tuple(target.seeds())
    for _ in range(count):
        data = dice.choice(valid)
        for _ in range(dice.randrange(1, MOST_ROUNDS)):
            data = target.mutate(data, dice)
        yield data


def bombs(target: Target, dice: Random, count: int) -> Iterator[bytes]:
    """Yield so many bombs, each behind a frame or behind all of what is valid."""
    valid = tuple(target.seeds())
    for _ in range(count):
        seed, bomb = dice.choice(valid), dice.choice(BOMBS)
        begin = dice.choice((seed, seed[:FRAME_SIZE]))
        yield (begin + bomb * (INPUT_LIMIT // len(bomb)))[:INPUT_LIMIT]


def kept(name: str) -> Iterator[bytes]:
    """Yield what once was a finding of the target."""
    for file in sorted((CORPUS / name).glob("*")):
        yield file.read_bytes()


def read(target: Target, data: bytes) -> None:
    """Read one input within its time and memory.

    Raises:
        Exception: a finding, whatever it is.
    """
    before = peak()
    with _in_time():
        target.read(data)
    assert peak() - before < MEMORY, "more memory than an input may take"


def peak() -> int:
    """Return the most memory that the process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


@contextmanager
def _in_time() -> Iterator[None]:
    def over(_: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"more than {SECONDS} s in {frame and frame.f_code.co_qualname}")

    # The processor's time, for others may have the machine for a while.
    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
