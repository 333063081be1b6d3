"""The benchmark: the gate beside what a user would otherwise build, on one machine and in one run.

Every contender is a process of its own that does the same work on the same topics. Ratios carry over to other
machines; absolute figures do not.
"""
