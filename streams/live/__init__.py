"""Live shares: reads go on to recipients as they come in, and the ledger says which went to whom.

One batch of reads of one partition is one transaction: the deliveries in each recipient's topic, the lists
and manifests in the ledger of live shares, alerts, and the position in the input. Who gets what is worked out
by `streams.policy.live`; this package keeps the books of it.
"""
