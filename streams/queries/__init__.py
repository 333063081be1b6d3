"""What one batch of searches becomes: access records in a chain of their own, alerts of what is found.

Beside the gate and apart from it: nothing here decides, and nothing of it is sent to anybody outside.
"""
