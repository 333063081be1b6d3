"""Share changes from lines such as `2026-01-02 grant north Burbank CA PD: search`."""

import re
from datetime import UTC, datetime

from streams.policy.share_change import ShareChange, ShareChangeKind
from streams.policy.share_listing import change_id_of
from streams.policy.vocabulary import Scope

VENDOR = "vendor"
LINE = re.compile(
    r"(?P<day>\S+) (?P<kind>\S+) (?P<network>-|[a-z ]+) (?P<recipient>[^:]+?)(?:: (?P<scopes>.+))?"
)


def change_of(line: str) -> ShareChange:
    """Return the change that the line says; networks are in lower case, and `-` is none."""
    found = LINE.fullmatch(line)
    assert found is not None, line
    network = "" if found["network"] == "-" else found["network"]
    return ShareChange(
        change_id=change_id_of((line,)),
        kind=ShareChangeKind(found["kind"]),
        vendor=VENDOR,
        network=network,
        recipient_name=found["recipient"],
        scopes=tuple(Scope(word) for word in found["scopes"].split(", ")) if found["scopes"] else (),
        at=datetime.fromisoformat(found["day"]).replace(tzinfo=UTC),
        reference="event 1",
    )
