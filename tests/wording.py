"""What a message says, word for word: users read it, and a part of it would also stand in another."""

import re


def exactly(message: str) -> str:
    """Return what `pytest.raises(…, match=…)` has to be given for this message and no other."""
    return rf"\A{re.escape(message)}\Z"
