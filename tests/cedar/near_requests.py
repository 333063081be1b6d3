"""Changes of an honest request to both sides of each rule's edge, by the rule whose edge it is."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any
from unicodedata import normalize

from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DataType, Initiator, Purpose, RequestKind, Scope
from tests.cedar.edges import (
    ASKED,
    BETWEEN,
    DAY,
    ENDS,
    IDS,
    LEADS,
    LOOK_ALIKES,
    MANY_IDS,
    NAMES,
    OFFENCES,
    PIECES,
    PLACEHOLDERS,
    PLATES,
    READ_IDS,
    STARTS,
    TEXTS,
    around,
)
from tests.cedar.honest import a_read
from tests.policy.building import NOW

Change = Callable[[Random, SharingRequest], SharingRequest]


def _with(request: SharingRequest, field: str, value: Any) -> SharingRequest:
    given: dict[str, Any] = {field: value}
    return replace(request, **given)


def _one_of(field: str, values: tuple[Any, ...]) -> Change:
    return lambda rng, request: _with(request, field, rng.choice(values))


def _some_of(field: str, values: tuple[Any, ...]) -> Change:
    return lambda rng, request: _with(request, field, tuple(rng.sample(values, rng.randrange(3))))


def _asker(field: str, values: tuple[Any, ...]) -> Change:
    return lambda rng, request: replace(
        request, requested_by=replace(request.requested_by, **{field: rng.choice(values)})
    )


def _text(field: str, pieces: tuple[str, ...] = PIECES) -> Change:
    """Change a free text to one put together from pieces."""

    def change(rng: Random, request: SharingRequest) -> SharingRequest:
        chosen = rng.choices(pieces, k=rng.randint(1, 5))
        text = "".join(piece + rng.choice(BETWEEN) for piece in chosen)
        return _with(request, field, text)

    return change


def _spelt(rng: Random, name: str) -> str:
    """Return the name as somebody might spell it who errs, or who wants to be taken for another."""
    place = rng.randrange(len(name) + 1)
    sign = rng.choice((" ", "\u00a0", "\u200b", "\u00ad", "\t", ".", "\u0301", "\ufe0f"))
    return rng.choice(
        (
            name[:place] + sign + name[place:],
            sign + name + sign,
            name.lower(),
            name.translate(LOOK_ALIKES),
            normalize("NFD", name),
            name.replace(" ", "  "),
        )
    )


def _recipient_spelt(rng: Random, request: SharingRequest) -> SharingRequest:
    return replace(request, recipient_name=_spelt(rng, request.recipient_name))


def _organisation_spelt(rng: Random, request: SharingRequest) -> SharingRequest:
    asker = request.requested_by
    return replace(request, requested_by=replace(asker, organisation=_spelt(rng, asker.organisation)))


def _other_spelt(rng: Random, request: SharingRequest) -> SharingRequest:
    """Name another, or the requester itself, in the field or in the text, more or less as it is spelt."""
    name = _spelt(rng, rng.choice((*NAMES, request.recipient_name)))
    if rng.random() < 0.5:
        return replace(request, requested_by=replace(request.requested_by, on_behalf_of=name))
    return replace(
        request, reason_text=f"plate check {rng.choice(LEADS)} {name}{rng.choice(('', '.', ' today'))}"
    )


def _selector(field: str, values: tuple[Any, ...]) -> Change:
    return lambda rng, request: replace(
        request, selector=replace(request.selector, **{field: rng.choice(values)})
    )


def _window(rng: Random, request: SharingRequest) -> SharingRequest:
    """Give a window of about the longest, whose end is where it was."""
    end = request.selector.window_to or NOW
    start = rng.choice(around(end - 30 * DAY))
    return replace(request, selector=replace(request.selector, window_from=start, window_to=end))


def _read(field: str, values: tuple[Any, ...]) -> Change:
    """Change a read that is sent along, or send one along with such a value."""

    def change(rng: Random, request: SharingRequest) -> SharingRequest:
        first, *others = request.records or (a_read(1),)
        return replace(request, records=(replace(first, **{field: rng.choice(values)}), *others))

    return change


CHANGES: tuple[tuple[str, Change], ...] = (
    ("MALFORMED_EVENT", _one_of("kind", tuple(RequestKind))),
    ("MALFORMED_EVENT", _one_of("initiated_by", tuple(Initiator))),
    ("REQUESTER_NOT_AUTHENTICATED", _one_of("authenticated_as", IDS)),
    ("REVISION_NOT_REACHED", _one_of("min_revision", (-1, 0, 40, 41, 42))),
    ("CLOCK_SKEW", _one_of("requested_at", ASKED)),
    ("CLOCK_SKEW", _read("captured_at", ENDS)),
    ("REQUEST_TOO_OLD", _one_of("requested_at", ASKED)),
    ("ACCESS_RECORD_INCOMPLETE", _asker("user", ("", "jdoe", "\u00a0", "\u200d", "\u0436"))),
    ("ACCESS_RECORD_INCOMPLETE", _asker("organisation", ("", "\u2003"))),
    ("ACCESS_RECORD_INCOMPLETE", _one_of("purpose_code", (None,))),
    ("ACCESS_RECORD_INCOMPLETE", _read("read_id", ("", "\u200b", "r"))),
    ("ACCESS_RECORD_INCOMPLETE", _selector("window_from", (None, NOW, NOW - DAY))),
    ("ACCESS_RECORD_INCOMPLETE", _selector("window_to", (None, NOW, NOW - DAY))),
    ("ACCESS_RECORD_INCOMPLETE", _one_of("scopes", ((),))),
    ("RECIPIENT_UNRESOLVED", _one_of("recipient_name", NAMES)),
    ("RECIPIENT_UNRESOLVED", _one_of("recipient_id", IDS)),
    ("REQUESTER_MISMATCH", _asker("organisation", NAMES)),
    ("REQUESTER_MISMATCH", _one_of("authenticated_as", IDS)),
    ("REQUESTER_MISMATCH", _one_of("initiated_by", (Initiator.AGENCY, Initiator.RECIPIENT))),
    ("USER_NOT_AUTHORISED", _asker("user", ("jdoe", " jdoe ", "JDoe", "stranger"))),
    ("ON_BEHALF_OF_ANOTHER", _asker("on_behalf_of", NAMES)),
    ("ON_BEHALF_OF_ANOTHER", _one_of("reason_text", TEXTS)),
    ("COMMERCIAL_PURPOSE", _one_of("consideration", ("", "\u00a0", "USD 1", "0"))),
    ("PROHIBITED_PURPOSE", _one_of("offence_code", OFFENCES)),
    ("PROHIBITED_PURPOSE", _one_of("purpose_code", (None, *Purpose))),
    ("REASON_NEEDS_REVIEW", _one_of("reason_text", TEXTS)),
    ("REASON_NEEDS_REVIEW", _one_of("case_number", TEXTS)),
    ("REASON_NEEDS_REVIEW", _text("reason_text")),
    ("REASON_NEEDS_REVIEW", _text("case_number")),
    ("PURPOSE_UNSPECIFIC", _text("reason_text")),
    ("PURPOSE_UNSPECIFIC", _text("reason_text", PLACEHOLDERS)),
    ("ON_BEHALF_OF_ANOTHER", _text("reason_text")),
    ("ON_BEHALF_OF_ANOTHER", _other_spelt),
    ("RECIPIENT_UNRESOLVED", _recipient_spelt),
    ("REQUESTER_MISMATCH", _organisation_spelt),
    ("PURPOSE_UNSPECIFIC", _one_of("reason_text", TEXTS)),
    ("CASE_NUMBER_MISSING", _one_of("case_number", (None, "", "\u2060", "1"))),
    ("SELECTOR_TOO_BROAD", _selector("plate", PLATES)),
    ("SELECTOR_TOO_BROAD", _selector("read_ids", READ_IDS)),
    ("SELECTOR_TOO_BROAD", _selector("read_ids", MANY_IDS)),
    ("SELECTOR_TOO_BROAD", _selector("window_to", ENDS)),
    ("SELECTOR_TOO_BROAD", _window),
    ("RETENTION_EXCEEDED", _selector("window_from", STARTS)),
    ("RETENTION_EXCEEDED", _read("captured_at", STARTS)),
    ("SCOPE_NOT_COVERED", _some_of("data_types", tuple(DataType))),
    ("SCOPE_NOT_COVERED", _some_of("scopes", tuple(Scope))),
    ("SCOPE_NOT_COVERED", _some_of("networks", ("north", "south", "east", "*"))),
    ("SCOPE_NOT_COVERED", _read("data_type", tuple(DataType))),
    ("SCOPE_NOT_COVERED", _read("network", ("north", "east", "*", None))),
    ("SCOPE_NOT_COVERED", _selector("window_from", STARTS)),
)


def a_near_miss(rng: Random, request: SharingRequest) -> SharingRequest:
    """Return the request with none, one, two or three changes."""
    for _ in range(rng.choices((0, 1, 2, 3), (2, 6, 2, 1))[0]):
        _, change = rng.choice(CHANGES)
        request = change(rng, request)
    return request
