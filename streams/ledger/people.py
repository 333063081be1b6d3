"""How many people have signed: whoever shares a name or a key with another signer is that signer.

Two keys of one person, or one key under two names, must never count for two where two people are asked for.
"""

from collections.abc import Iterable

from streams.ledger.signed_note import Verifier


def people_of(signers: Iterable[Verifier]) -> list[frozenset[str | bytes]]:
    """Return the names and keys of each person among the signers."""
    people: list[frozenset[str | bytes]] = []
    for one in signers:
        marks: frozenset[str | bytes] = frozenset((one.name, one.key))
        same = [known for known in people if known & marks]
        people = [known for known in people if not known & marks]
        people.append(marks.union(*same))
    return people


def people_among(signed: Iterable[Verifier], signers: Iterable[Verifier]) -> int:
    """Return how many people have signed, of all that are known as signers."""
    names = {one.name for one in signed}
    return sum(bool(names & marks) for marks in people_of(signers))
