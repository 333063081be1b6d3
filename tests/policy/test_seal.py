import hmac
from dataclasses import replace
from typing import Any

import pytest

from streams.policy.digest import canonical, canonical_of, content_of
from streams.policy.request import IntakeSeal
from streams.policy.seal import seal_holds, sign_request
from tests.policy.building import a_request

KEY = b"k" * 32
KEYS = {"k1": KEY, "k2": b"j" * 32}


def test_a_seal_holds_over_what_it_sealed() -> None:
    assert seal_holds(sign_request(a_request(), "k1", KEY), KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {"authenticated_as": "burbank-pd"},
        {"channel": "portal"},
        {"min_revision": 1},
        {"requested_by": {"user": "somebody"}},
        {"selector": {"plate": "1ABC234"}},
        {"data_types": ["image"]},
    ],
)
def test_any_change_breaks_the_seal(change: dict[str, object]) -> None:
    sealed = sign_request(a_request(), "k1", KEY)
    assert not seal_holds(replace(a_request(**change), intake_seal=sealed.intake_seal), KEYS)


def test_a_seal_of_another_key_an_unknown_key_or_none_does_not_hold() -> None:
    sealed = sign_request(a_request(), "k1", KEY)
    assert sealed.intake_seal is not None
    mac = sealed.intake_seal.mac
    assert not seal_holds(replace(sealed, intake_seal=IntakeSeal(key_id="k2", mac=mac)), KEYS)
    assert not seal_holds(replace(sealed, intake_seal=IntakeSeal(key_id="k9", mac=mac)), KEYS)
    assert not seal_holds(replace(sealed, intake_seal=IntakeSeal(key_id="k1", mac=mac[:-1])), KEYS)
    assert not seal_holds(a_request(), KEYS)


def test_a_request_can_be_sealed_anew() -> None:
    again = sign_request(sign_request(a_request(), "k1", KEY), "k2", KEYS["k2"])
    assert seal_holds(again, KEYS)


def test_nobody_vouches_for_a_request_made_unauthenticated() -> None:
    assert a_request().unauthenticated().authenticated_as is None


@pytest.mark.parametrize(
    "change",
    [{}, {"channel": "\ud800"}, {"reason_text": "\ud800"}, {"channel": "\ud800", "reason_text": "\ud800"}],
)
def test_a_seal_is_over_one_json_of_content_channel_key_and_revision(change: dict[str, Any]) -> None:
    request = replace(a_request(), **change)
    whole = content_of(request) | {"channel": request.channel, "key_id": "k1", "min_revision": None}
    mac = hmac.digest(KEY, b"alpr-gate intake seal v1\n" + canonical(whole), "sha256")
    sealed = sign_request(request, "k1", KEY)
    assert sealed.intake_seal == IntakeSeal(key_id="k1", mac=mac)
    assert seal_holds(sealed, KEYS, canonical_of(sealed))
