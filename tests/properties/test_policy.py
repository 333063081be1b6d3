"""What holds of names, digests, seals and merges, whatever they are made of."""

from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.policy.decide import decide
from streams.policy.digest import content_digest, identify
from streams.policy.hold import Hold
from streams.policy.holds import merge_supplement
from streams.policy.names import fold, is_blank, tidy, words_of
from streams.policy.request import IntakeSeal, SharingRequest
from streams.policy.seal import seal_holds, sign_request
from tests.policy.building import NOW, in_force, some_books
from tests.properties import strategies

MANY = settings(max_examples=100, deadline=None)
KEYS = {"k": b"k" * 32}
CARRIER = {"intake_seal", "channel", "min_revision"}


@MANY
@given(text=st.text())
def test_tidying_and_folding_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert fold(fold(text)) == fold(text)


@MANY
@given(text=st.text())
def test_a_blank_text_has_no_word_and_no_name(text: str) -> None:
    if is_blank(text):
        assert words_of(text) == []
        assert tidy(text) == ""


@MANY
@given(request=strategies.requests(), other=strategies.requests())
def test_the_digest_is_of_the_content_alone(request: SharingRequest, other: SharingRequest) -> None:
    carried = replace(
        request,
        channel="x",
        min_revision=9,
        intake_seal=IntakeSeal(key_id="k", mac=b""),
    )
    assert identify(carried) == identify(request)
    same = all(
        getattr(request, field.name) == getattr(other, field.name)
        for field in fields(request)
        if field.name not in CARRIER
    )
    assert (content_digest(other) == content_digest(request)) == same


@MANY
@given(request=strategies.requests(), other=strategies.requests(), mac=st.binary(max_size=40))
def test_a_seal_holds_over_its_own_request_alone(
    request: SharingRequest, other: SharingRequest, mac: bytes
) -> None:
    sealed = sign_request(request, "k", KEYS["k"])
    assert seal_holds(sealed, KEYS)
    assert not seal_holds(replace(sealed, intake_seal=IntakeSeal(key_id="k", mac=mac)), KEYS)
    moved = replace(other, intake_seal=sealed.intake_seal)
    assert seal_holds(moved, KEYS) == (replace(other, intake_seal=None) == request)


@MANY
@given(request=strategies.requests(), supplement=strategies.requests())
def test_a_merge_keeps_all_that_was_given(request: SharingRequest, supplement: SharingRequest) -> None:
    books = some_books()
    hold = Hold(
        request=request, decision=decide(request, books, in_force(books), NOW), opened_at=NOW, deadline=NOW
    )
    for later in (supplement, replace(request, channel="portal")):
        merged = merge_supplement(hold, later)
        if isinstance(merged, SharingRequest):
            assert merged.request_id == request.request_id
            assert not request.data_types or merged.data_types == request.data_types
            assert is_blank(request.reason_text) or merged.reason_text == request.reason_text
            assert not request.selector.plate or merged.selector.plate == request.selector.plate
    assert merge_supplement(hold, replace(request, channel="portal")) == replace(request, channel="portal")
