"""Live shares: which reads go to whom as they come in, under which agreement, and what of them.

An agreement that gives a live share is judged like a standing request of its recipient, by the rules that
`streams.policy.decide` asks. What stands is compiled into a plan; each read is then held against the plan.
Nothing here knows Kafka, the ledger or the clock.
"""
