from dataclasses import replace

import pytest

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
