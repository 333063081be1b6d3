"""Try a change before it is made: on what was asked already, beside the live gate, on cases of one's own.

Nothing here writes anywhere. What is tried goes through the same planners, rules and codecs as the gate's own
work, so that a trial cannot be kinder than the gate.
"""
