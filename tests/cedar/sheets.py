"""Generated requests: around the edges of every rule, and the simulated day of a region."""

from collections.abc import Iterator
from random import Random

from streams.codecs.keyring import new_keyring
from streams.simulators.agencies import simulated_region
from streams.simulators.traffic import Day
from tests.cedar.comparison import Sheet, sheet_of
from tests.cedar.honest import honest
from tests.cedar.near_requests import a_near_miss
from tests.cedar.near_worlds import a_world
from tests.cedar.world import World
from tests.policy.building import NOW

REQUESTS_OF_A_WORLD = 100
# One world in so many is a simulated region.
SIMULATED = 10
KEYRING = new_keyring(bytes(range(64)))
# Who asks most of the time: three that are forwarded to unless something is over an edge.
USUAL = {"pasadena-pd", "burbank-pd", "lasd"}


def sheets(rng: Random, requests: int) -> Iterator[Sheet]:
    """Yield so many requests in all, a hundred to each of as many worlds as that takes."""
    for number, start in enumerate(range(0, requests, REQUESTS_OF_A_WORLD)):
        count = min(REQUESTS_OF_A_WORLD, requests - start)
        yield _simulated(rng, count) if number % SIMULATED == SIMULATED - 1 else _near_misses(rng, count)


def _near_misses(rng: Random, count: int) -> Sheet:
    world = a_world(rng)
    usual = [one for one in world.entities if one.entity_id in USUAL]
    asking = [rng.choice((*world.entities, *usual * 8)) for _ in range(count)]
    return sheet_of(world, [(a_near_miss(rng, honest(rng, world, who)), NOW) for who in asking])


def _simulated(rng: Random, count: int) -> Sheet:
    """Return part of a simulated day. Seals are not looked at: `decide` is told who is authenticated."""
    seed = rng.randrange(1 << 30)
    region = simulated_region(seed, NOW, each=1)
    world = World(
        entities=tuple(region.entities()),
        agreements=tuple(region.agreements()),
        policy=region.policy,
        revision=0,
        users=region.users,
    )
    return sheet_of(world, [(one.request, NOW) for one in Day(region, KEYRING, NOW, seed).requests(count)])
