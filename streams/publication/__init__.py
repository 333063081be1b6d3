"""What the agency shows of its sharing: the page for the public, and the pack for an auditor.

Everything is made from the topics and from the agency's own policy text alone, so the same topics give the
same bytes. Source: State Auditor 2019-118, recommendation 18 (list the entities and the process); Civ. Code
1798.90.51(b) and .53(b) (a posted policy with its sections).
"""
