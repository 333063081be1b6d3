"""The gate: what the records of one partition become, as a value, before anything is written.

A request's way through it: `stage` waits until deciding is allowed and fixes what is decided under
(`context`), `draft` decides record by record on top of `partition_state`, `journal` encodes what follows, and
`changes` keeps what the state will be after the commit. `recovery` builds the same state from the log.

Only `stage`, `recovery` and `audit` wait. The rest reads no clock and no topic, so the same records under the
same context make the same draft. What is lawful is decided in `streams.policy`, and when something is written
in `streams.kafka.partition_writer`; nothing here repeats either.
"""
