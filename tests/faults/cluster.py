"""Kafka nodes for faults that one plain node cannot show: three of them, or one behind a network of ours.

Each node is broker and controller (KRaft). With three, every topic has three copies, of which two must have a
record before it counts; any one node may be gone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from streams.kafka.child import Child
from streams.kafka.embedded import new_node
from streams.kafka.node import START_TIMEOUT, Node
from streams.kafka.ports import HOST

CLUSTER_ID = "faults-faults-faultsAA"


class Detour(NamedTuple):
    """A second way to a node: the port where it listens, and the one where clients are told to find it."""

    listens: int
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Node):
    """One node among `size`; with a detour, whoever came that way is told to go on that way."""

    number: int
    size: int
    voters: str
    detour: Detour | None

    def _places(self, data: Path) -> dict[str, str]:
        # Named, for `super()` does not work in a dataclass with slots.
        own = Node._places(self, data) | _copies(self.size)
        own |= {"node.id": str(self.number), "controller.quorum.voters": self.voters}
        return own if self.detour is None else own | _ways(own, self.detour)

    def _cluster_id(self) -> str:
        return CLUSTER_ID


def _copies(size: int) -> dict[str, str]:
    majority = str(size // 2 + 1)
    return {
        "offsets.topic.replication.factor": str(size),
        "transaction.state.log.replication.factor": str(size),
        "transaction.state.log.min.isr": majority,
        "min.insync.replicas": majority,
    }


def _ways(own: dict[str, str], detour: Detour) -> dict[str, str]:
    return {
        "listeners": f"{own['listeners']},DETOUR://{HOST}:{detour.listens}",
        "advertised.listeners": f"{own['advertised.listeners']},DETOUR://{HOST}:{detour.told}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,DETOUR:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
    }


class Running:
    """A member with its process, which a campaign may kill and start again."""

    def __init__(self, member: Member) -> None:
        self.member = member
        member.prepare()
        self._child = self._started()

    def _started(self) -> Child:
        return Child(self.member.command(), self.member.log)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.alive

    def answered(self) -> None:
        """Wait until it answers."""
        self.member.await_answer(lambda: self._child.alive, START_TIMEOUT)

    def kill(self) -> None:
        """Kill it as a crash would."""
        self._child.kill()

    def restart(self) -> None:
        """Start it again on its data, and wait until it answers."""
        self.kill()
        self._child = self._started()
        self.answered()


@contextmanager
def cluster(size: int, detour: Detour | None = None) -> Iterator[list[Running]]:
    """Run so many nodes on data of their own, which go with them."""
    nodes: list[Running] = []
    with TemporaryDirectory(prefix="alpr-gate-cluster-", ignore_cleanup_errors=True) as folder:
        plain = {number: new_node(Path(folder) / str(number), 0, None) for number in range(1, size + 1)}
        voters = ",".join(f"{number}@{HOST}:{node.controller_port}" for number, node in plain.items())
        try:
            for number, node in plain.items():
                own = {each.name: getattr(node, each.name) for each in fields(node)}
                nodes.append(Running(Member(**own, number=number, size=size, voters=voters, detour=detour)))
            for running in nodes:
                running.answered()
            yield nodes
        finally:
            for running in nodes:
                running.kill()
