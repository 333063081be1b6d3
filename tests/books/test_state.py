from hypothesis import given
from hypothesis import strategies as st

from streams.books.state import BooksState, Freshness

LOADED = Freshness(stale_after=4.0).aimed(10).advanced(10)


def test_it_loads_until_the_goal_and_the_own_heartbeat_are_reached() -> None:
    fresh = Freshness(stale_after=4.0)
    assert fresh.state(0.0) is BooksState.LOADING
    fresh = fresh.aimed(10).beaten(1.0)
    assert fresh.advanced(9).state(1.0) is BooksState.LOADING
    assert fresh.advanced(10).state(1.0) is BooksState.CURRENT


def test_reaching_the_goal_without_a_heartbeat_is_still_loading() -> None:
    assert LOADED.state(0.0) is BooksState.LOADING
    assert LOADED.age(0.0) == float("inf")


def test_it_goes_stale_after_the_last_heartbeat_and_recovers_by_itself() -> None:
    fresh = LOADED.beaten(1.0)
    assert fresh.state(5.0) is BooksState.CURRENT
    assert fresh.state(5.001) is BooksState.STALE
    assert fresh.beaten(5.5).state(5.6) is BooksState.CURRENT


def test_a_heartbeat_that_was_long_under_way_does_not_make_the_books_current() -> None:
    assert LOADED.beaten(1.0).state(9.0) is BooksState.STALE


def test_an_unreadable_policy_fails_until_a_readable_one_comes() -> None:
    failed = LOADED.beaten(1.0).policy_unreadable("no such schema")
    assert (failed.state(1.0), failed.failure) == (BooksState.FAILED, "no such schema")
    assert failed.policy_read().state(1.0) is BooksState.CURRENT


def test_a_fatal_fault_lasts_and_the_first_one_is_told() -> None:
    failed = LOADED.beaten(1.0).broken("first").broken("second").policy_read().beaten(2.0)
    assert (failed.state(2.0), failed.failure) == (BooksState.FAILED, "first")


def test_the_goal_is_that_of_the_start() -> None:
    assert LOADED.aimed(99).loaded


steps = st.one_of(
    st.integers(0, 20).map(lambda offset: lambda fresh: fresh.advanced(offset)),
    st.floats(0, 100).map(lambda at: lambda fresh: fresh.beaten(at)),
    st.just(lambda fresh: fresh.policy_unreadable("why")),
    st.just(lambda fresh: fresh.policy_read()),
    st.just(lambda fresh: fresh.broken("why")),
    st.integers(0, 20).map(lambda goal: lambda fresh: fresh.aimed(goal)),
)


@given(st.lists(steps, max_size=12), st.floats(0, 200))
def test_current_always_means_loaded_fresh_and_without_a_fault(taken: list[object], now: float) -> None:
    fresh = Freshness(stale_after=4.0)
    for step in taken:
        assert callable(step)
        fresh = step(fresh)
    assert (fresh.state(now) is BooksState.CURRENT) == (
        fresh.loaded and fresh.failure is None and fresh.age(now) <= fresh.stale_after
    )


@given(st.lists(steps, max_size=12), st.floats(0, 200), st.floats(0, 200))
def test_time_alone_never_makes_the_books_better(taken: list[object], now: float, later: float) -> None:
    fresh = Freshness(stale_after=4.0)
    for step in taken:
        assert callable(step)
        fresh = step(fresh)
    if fresh.state(now + later) is BooksState.CURRENT:
        assert fresh.state(now) is BooksState.CURRENT


@given(st.permutations([3, 7, 10]), st.permutations([1.0, 2.0, 3.0]))
def test_the_order_of_what_was_seen_does_not_matter(offsets: list[int], beats: list[float]) -> None:
    fresh = Freshness(stale_after=4.0).aimed(10)
    for offset, beat in zip(offsets, beats, strict=True):
        fresh = fresh.advanced(offset).beaten(beat)
    assert (fresh.position, fresh.heartbeat_at) == (10, 3.0)
