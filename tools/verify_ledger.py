"""A second verifier of the ledger, for whoever does not want to trust the first one.

It shares no code with the gate: this file, `schemas/ids.json` for the fingerprints of schemas, SHA-256 and
Ed25519 are all it needs, and aiokafka to read the topics.

    python tools/verify_ledger.py proof decision.proof VERIFIER
    python tools/verify_ledger.py ledger BROKER DECISIONS_TOPIC CHECKPOINTS_TOPIC VERIFIER
"""

import asyncio
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import NoReturn

from aiokafka import AIOKafkaConsumer, TopicPartition
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DOMAIN = b"alpr-gate ledger record v1\x00"
IDS = Path(__file__).parent.parent / "schemas" / "ids.json"
Values = dict[int, list[bytes | None]]  # of a topic, by partition
FINGERPRINTS = {row["id"]: bytes.fromhex(row["fingerprint"]) for row in json.loads(IDS.read_text())}


def fail(text: str) -> NoReturn:
    sys.exit(f"FAILED: {text}")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def links(value: bytes | None) -> tuple[bytes, bytes, bytes]:
    """Return what a record names as the hash before it, the hash it carries, and the one it should carry.

    Both hashes are its last fields: 32 bytes each, after their length as Avro writes it (0x40).
    """
    if not value or len(value) < 71 or (value[0], value[-66], value[-33]) != (0, 0x40, 0x40):
        fail("a value is no ledger record")
    before, own = value[-65:-33], value[-32:]
    fingerprint = FINGERPRINTS.get(int.from_bytes(value[1:5], "big")) or fail("a record has no known schema")
    return before, own, sha256(DOMAIN, fingerprint, value[5:-33], b"\x00")


def tree_root(leaves: list[bytes]) -> bytes:
    """Return the root of RFC 6962 over the hashes of leaves, by its own definition."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01", tree_root(leaves[:split]), tree_root(leaves[split:]))


def root_above(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that a path leads to, from the leaf up (RFC 6962, section 2.1.1)."""
    if size == 1:
        return leaf if not path else fail("the path is too long")
    if not path:
        fail("the path is too short")
    split = 1
    while split * 2 < size:
        split *= 2
    if index < split:
        return sha256(b"\x01", root_above(leaf, index, split, path[:-1]), path[-1])
    return sha256(b"\x01", path[-1], root_above(leaf, index - split, size - split, path[:-1]))


def signed_checkpoint(note: str, verifier: str) -> tuple[str, int, bytes] | None:
    """Return origin, size and root of a signed checkpoint, or None when the key did not sign it."""
    name, _, encoded = verifier.strip().split("+", 2)
    key = base64.b64decode(encoded)
    key_hash = sha256(name.encode(), b"\n", key)[:4]
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        _, signer, encoded = line.split(" ")
        content = base64.b64decode(encoded)
        if signer == name and content[:4] == key_hash:
            try:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(content[4:], f"{text}\n".encode())
            except InvalidSignature:
                fail("a checkpoint was changed after it was signed")
            origin, size, root = text.split("\n")[:3]
            return origin, int(size), base64.b64decode(root)
    return None


def verify_proof(text: str, verifier: str) -> None:
    head, _, note = text.partition("\n\n")
    _, extra, index, *path = head.split("\n")
    value = base64.b64decode(extra.removeprefix("extra "))
    place = int(index.removeprefix("index "))
    origin, size, root = signed_checkpoint(note, verifier) or fail("the key did not sign the checkpoint")
    if not 0 <= place < size:
        fail("the record is not in the tree")
    if root_above(sha256(b"\x00", value), place, size, list(map(base64.b64decode, path))) != root:
        fail("the path does not lead to the signed root")
    print(f"OK: record {place} of {origin}, signed at {size} records")


async def read(broker: str, topic: str) -> Values:
    """Return the committed values of a topic."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        ends = await consumer.end_offsets(partitions)
        values: Values = {partition.partition: [] for partition in partitions}
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for partition, records in (await consumer.getmany(timeout_ms=200)).items():
                values[partition.partition] += [record.value for record in records]
        return values
    finally:
        await consumer.stop()


def verify_ledger(ledger: Values, published: Values, verifier: str) -> None:
    notes = [note.decode() for values in published.values() for note in values if note]
    for partition, values in ledger.items():
        last = bytes(32)
        for place, value in enumerate(values):
            before, own, right = links(value)
            if before != last or own != right:
                fail(f"partition {partition} breaks at record {place}")
            last = own
    leaves = {number: [sha256(b"\x00", each or b"") for each in values] for number, values in ledger.items()}
    signed = [one for one in (signed_checkpoint(note, verifier) for note in notes) if one is not None]
    for origin, size, root in signed:
        mine = leaves[int(origin.rpartition("/")[2])]
        if size > len(mine) or tree_root(mine[:size]) != root:
            fail(f"{origin} is not the ledger that was signed at {size} records")
    if not signed or not all(ledger.values()):
        fail("there is nothing to verify: a partition without records, or no checkpoint that the key signed")
    print(f"OK: {sum(map(len, ledger.values()))} records, {len(signed)} signed checkpoints")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["proof", file, key]:
            verify_proof(Path(file).read_text(), key)
        case ["ledger", broker, decisions, checkpoints, key]:
            verify_ledger(asyncio.run(read(broker, decisions)), asyncio.run(read(broker, checkpoints)), key)
        case _:
            sys.exit(__doc__)
