"""The whole gate at work on a Kafka of its own: what `alpr-gate demo` and `make run` show.

`playground` starts a broker and a real worker process, `crowd` sends, `watch` reads the ledger as any
auditor could, `story` says in which order, and `summary` tells what happened.

Nothing in it is a stub: broker, worker, ledger and audit are those of a deployment, on one node.
"""
