"""Promises 7 and 8 for live shares, for arbitrary books and reads."""

from dataclasses import fields, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.policy.agreement import Agreement, VolumeBudget
from streams.policy.books import Books
from streams.policy.live.delivery import Delivery
from streams.policy.live.offer import offer_of
from streams.policy.live.plan import plan_of
from streams.policy.live.share import reasons_against
from streams.policy.live.withheld import Withheld
from streams.policy.live_terms import LiveTerms
from streams.policy.minimise import ALWAYS
from streams.policy.read_event import HotListSource, ReadEvent
from streams.policy.request import PlateRead
from streams.policy.terms import ALL_NETWORKS, terms_of
from streams.policy.vocabulary import AgreementStatus, DataType, EntityClass, Purpose, Scope
from tests.policy.building import NOW, in_force
from tests.policy.live.sharing import delivered
from tests.properties import strategies
from tests.properties.strategies import near, some, words

MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
LISTS = ("stolen", "wanted", "NCIC stolen", "ICE")
TIMES = st.sampled_from(
    tuple(
        NOW - timedelta(**ago)
        for ago in (
            {"seconds": 2}, {"microseconds": 1}, {}, {"seconds": -1}, {"hours": -1}, {"days": 29},
            {"days": 364}, {"days": 366}, {"days": 800},
        )
    )
)  # fmt: skip


@st.composite
def live_terms(draw: st.DrawFn) -> LiveTerms:
    return LiveTerms(
        receiving_system=draw(near("server", st.sampled_from(("", " ")))),
        accountable_user=draw(near("administrator", st.sampled_from(("", " ")))),
        purpose=draw(near(Purpose.CRIMINAL_INVESTIGATION, words(Purpose))),
        reason=draw(near("stolen vehicles", st.sampled_from(("ICE", "bolo", "", "assist FBI")))),
        time_coarseness=draw(near(None, st.sampled_from(("PT1M", "PT1H", "P1D", "")))),
        place_decimals=draw(near(None, st.integers(0, 3))),
        hot_lists=draw(near(LISTS, some(st.sampled_from(LISTS)))),
    )


@st.composite
def live_agreements(draw: st.DrawFn) -> Agreement:
    budgets = st.sampled_from((VolumeBudget(reads=3, period="P1D"), VolumeBudget(reads=3, period="soon")))
    return replace(
        draw(strategies.agreements()),
        live_feed=not draw(strategies.RARELY),
        live_terms=draw(near(draw(live_terms()), st.none())),
        scopes=draw(near(tuple(Scope), some(words(Scope)))),
        data_types=draw(near(tuple(DataType)[1:], some(words(DataType)))),
        volume_budget=draw(near(None, budgets)),
    )


@st.composite
def live_books(draw: st.DrawFn) -> Books:
    books = draw(strategies.books())
    for agreement in draw(st.lists(live_agreements(), min_size=1, max_size=3)):
        books.put_agreement(replace(agreement, version=9))
    return books


@st.composite
def events(draw: st.DrawFn) -> ReadEvent:
    source = st.builds(
        HotListSource,
        owner=near("Los Angeles CA PD", st.sampled_from((None, "", "California DOJ"))),
        list_name=near("stolen", st.sampled_from((*LISTS, None, " "))),
        reason=near("stolen", st.sampled_from((None, "deportation"))),
        case_number=near("26-1", st.none()),
    )
    return ReadEvent(
        read=PlateRead(
            read_id=draw(near("north:1", st.sampled_from(("", "*")))),
            captured_at=draw(TIMES),
            data_type=draw(near(DataType.PLATE_READ, words(DataType))),
            plate="8ABC123",
            network=draw(st.sampled_from(("north", "south", "west", "*", None))),
            camera_id="cam-7",
            camera_name="Main St",
            latitude=34.147785,
            longitude=-118.144516,
            image_reference="img-1",
            vehicle_make="Toyota",
        ),
        feed="north",
        plate_as_read="8ABC123",
        received_at=NOW,
        source_digest="0" * 64,
        is_replay=draw(strategies.RARELY),
        hot_lists=draw(near((), st.lists(source, max_size=2).map(tuple))),
    )


def receivers(books: Books, event: ReadEvent, now: datetime = NOW) -> set[str]:
    """Return who gets anything of the read."""
    got = delivered(books, event, now)
    return set() if isinstance(got, Withheld) else set(got)


@MANY
@given(books=live_books(), event=events(), data=st.data())
def test_promise_7_narrowing_or_removing_an_agreement_adds_no_delivery(
    books: Books, event: ReadEvent, data: st.DataObject
) -> None:
    before = receivers(books, event)
    chosen = data.draw(st.sampled_from(tuple(books.agreements())))
    narrowed, removed = books.copy(), books.copy()
    narrowed.put_agreement(_narrow(chosen, data))
    removed.drop(f"agreement/{chosen.agreement_id}")
    assert receivers(narrowed, event) <= before
    assert receivers(removed, event) <= before


def _narrow(agreement: Agreement, data: st.DataObject) -> Agreement:
    """Return the next version of the agreement with one or more of its terms narrower."""
    live = agreement.live_terms
    lists = data.draw(some(st.sampled_from(live.hot_lists or LISTS))) if live else ()
    narrower = None if live is None else replace(live, hot_lists=tuple(set(lists) & set(live.hot_lists)))
    return replace(
        agreement,
        version=agreement.version + 1,
        status=data.draw(near(agreement.status, st.just(AgreementStatus.REVOKED))),
        start=agreement.start + data.draw(st.sampled_from((timedelta(0), timedelta(days=9000)))),
        end=agreement.end - data.draw(st.sampled_from((timedelta(0), timedelta(days=9000)))),
        data_types=agreement.data_types[data.draw(st.integers(0, 2)) :],
        networks=data.draw(st.sampled_from((agreement.networks, ()))),
        scopes=agreement.scopes[data.draw(st.integers(0, 2)) :],
        live_feed=agreement.live_feed and data.draw(st.booleans()),
        live_terms=data.draw(st.sampled_from((narrower, None))),
    )


@MANY
@given(books=live_books(), event=events())
def test_promise_8_nothing_goes_outside_its_agreement(books: Books, event: ReadEvent) -> None:
    policy, got = in_force(books), delivered(books, event)
    if isinstance(got, Withheld):
        return
    assert not event.is_replay
    for entity_id, delivery in got.items():
        entity = books.entity(entity_id)  # type: ignore[arg-type]  # an id is a text
        assert entity is not None
        assert entity.entity_class not in {EntityClass.FEDERAL, EntityClass.PRIVATE}
        assert any(
            _is_within(delivery, event, agreement)
            and not reasons_against(terms_of(agreement), books, policy, NOW)
            for agreement in books.agreements_of(entity.entity_id)
        )


def _is_within(delivery: Delivery, event: ReadEvent, agreement: Agreement) -> bool:
    """Tell whether the agreement covers what was delivered, told apart from how the product tells it."""
    read, live = delivery.read, agreement.live_terms
    named = {one.list_name for one in event.hot_lists}
    seen = {field.name for field in fields(PlateRead) if getattr(read, field.name) is not None}
    return (
        agreement.live_feed
        and live is not None
        and agreement.status is AgreementStatus.ACTIVE
        and agreement.start <= event.read.captured_at < agreement.end
        and agreement.start <= NOW < agreement.end
        and live.purpose in agreement.purposes
        and read.data_type in agreement.data_types
        and (agreement.networks == ALL_NETWORKS or event.read.network in agreement.networks)
        and seen <= {*agreement.fields, *ALWAYS}
        and (read.image_reference is None or DataType.IMAGE in agreement.data_types)
        and named <= set(live.hot_lists)
        and set(delivery.hot_lists) == named
        and (not named or Scope.HOT_LIST in agreement.scopes)
        and (live.place_decimals is None or read.camera_name is None)
        and (live.time_coarseness is None or read.captured_at.second == 0)
        and (live.time_coarseness is None or read.read_id != event.read.read_id)
    )


@MANY
@given(books=live_books(), event=events(), later=TIMES)
def test_a_plan_stands_until_it_says(books: Books, event: ReadEvent, later: datetime) -> None:
    """Whoever gets a read at the last instant of a plan gets it by a plan of that instant, too."""
    policy = in_force(books)
    plan = plan_of(books, policy, NOW)
    last = min(plan.stands_until - timedelta(microseconds=1), max(later, NOW))
    assert plan_of(books, policy, last).shares() == plan.shares()
    offer = offer_of(event, policy, last)
    if not isinstance(offer, Withheld):
        assert plan.routes(offer, last) == plan_of(books, policy, last).routes(offer, last)
