"""A plugin for pytest: the statute bars nobody.

It comes before `streams.policy.standing` and `streams.policy.floor`, which take the function by its name.
"""

from typing import Any

from streams.policy import eligibility


def _nobody_is_barred(*_: Any) -> tuple[()]:
    return ()


setattr(eligibility, "statutory_bars", _nobody_is_barred)  # noqa: B010  # the guard is switched off
