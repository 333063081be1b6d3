"""A gate that every outbound share of licence-plate-reader data must pass; the path of one request.

1. An intake seals it and writes it to `alpr.sharing.requests` (`adapters/intake.py`).
2. The transport reads record batches of a partition and rings the agent (`kafka/transport.py`).
3. The writer of the partition takes what waits (`kafka/partition_writer.py`).
4. The stage waits until the books may be trusted (`gate/stage.py`, `books/replica.py`).
5. A draft tells repeats, supplements and new requests apart (`gate/draft.py`).
6. `decide` runs every rule, and collects every reason (`policy/decide.py`).
7. The journal writes ledger, release, answer, hold and alerts (`gate/journal.py`).
8. The writer commits all of it, with the input position, in one Kafka transaction.
"""
