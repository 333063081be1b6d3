"""Agreements that cover more or less of the same, and the requests that fit one of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import strategies as st

from streams.policy.request import SharingRequest
from tests.policy.building import NOW, a_request


def some_of(*words: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), unique=True, min_size=1)


PARTS: dict[str, st.SearchStrategy[Any]] = {
    "data_types": some_of("plate_read", "image"),
    "scopes": some_of("search", "hot_list"),
    "networks": st.one_of(some_of("north", "south"), st.just(["*"])),
    "purposes": some_of("criminal_investigation", "administrative"),
    "max_record_age": st.sampled_from(["P30D", "P1M", "P6M", "P1Y", "P365D"]),
    "end": st.sampled_from(["2026-05-01T20:00:00Z", "2027-01-01T08:00:00Z", "2030-01-01T08:00:00Z"]),
    "contract_reviewed": st.fixed_dictionaries(
        {"due": st.sampled_from(["2026-05-01T20:00:00Z", "2026-12-01T00:00:00Z"])}
    ),
}
AGREED = st.fixed_dictionaries(PARTS)
# Mostly like the first: two that have nothing to do with one another prove nothing.
CHANGES = st.sampled_from(sorted(PARTS)).flatmap(lambda name: st.fixed_dictionaries({name: PARTS[name]}))


def requests_within(agreed: dict[str, Any]) -> Iterator[tuple[SharingRequest, datetime]]:
    """Yield requests for all that is covered, for each purpose, now and after some terms have ended."""
    networks = ["north"] if agreed["networks"] == ["*"] else agreed["networks"]
    covered = {name: agreed[name] for name in ("data_types", "scopes")}
    for purpose, hours in product(agreed["purposes"], (0, 2)):
        now = NOW + timedelta(hours=hours)
        request = a_request(**covered, networks=networks, purpose_code=purpose)
        yield replace(request, requested_at=now), now
