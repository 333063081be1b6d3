"""The books as a writer needs them: current, with a policy, and no older than the end of its chain."""

from streams.books.replica import BooksReplica
from streams.books.state import BooksState
from streams.chains.state import ChainState
from streams.errors import BooksNotCurrentError
from streams.policy.policy_in_force import PolicyInForce

# A policy that arrives moves the revision and wakes the wait by itself; this is for what does not.
LOOK_AGAIN_SECONDS = 1.0


class CurrentBooks:
    """Waits for the replica of this worker on behalf of one partition, and looks whether it has moved."""

    def __init__(self, replica: BooksReplica) -> None:
        self._replica = replica

    async def ready(self, chain: ChainState) -> None:
        """Wait until one may decide under the books.

        There is no limit to the wait: what came in stays in Kafka and nothing leaves. `/readyz` tells why.
        """
        replica = self._replica
        await replica.wait_current()
        while replica.revision < chain.needed or replica.books.policy() is None or not self._are_current():
            await replica.wait_revision(replica.revision + 1, LOOK_AGAIN_SECONDS)
            await replica.wait_current()

    def policy(self) -> PolicyInForce:
        """Return the policy to decide by.

        Raises:
            BooksNotCurrentError: there is none any more since `ready` returned.
        """
        policy = self._replica.books.policy()
        if policy is None:
            raise BooksNotCurrentError("the books hold no policy")
        return policy

    def obstacle(self, chain: ChainState) -> str | None:
        """Return why the partition waits although the books are current, or None."""
        revision = self._replica.revision
        if revision >= chain.needed:
            return None
        return f"the books are at revision {revision}, older than the chain of partition {chain.partition}"

    def are_still_at(self, revision: int) -> bool:
        """Tell whether the books are current and have not moved on from that revision."""
        return self._are_current() and self._replica.revision == revision

    def _are_current(self) -> bool:
        return self._replica.state is BooksState.CURRENT
