"""The gate: what the records of one partition become, as a value, before anything is written.

`draft` decides record by record on top of `partition_state`; `stage` is the only part that waits.
"""
