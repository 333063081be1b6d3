"""A Merkle tree over the records of one partition, as RFC 6962 (section 2.1) defines it.

A leaf is the value of a record as it stands on the topic, so an outsider needs SHA-256 and nothing of ours.
The chain shows that nothing before a record was changed to whoever reads all of it; the tree shows it for one
record with a few hashes, and between two roots without any record.

Hashes have 32 bytes. A `path` lists hashes from the leaves up; sizes are numbers of leaves.
"""

import hashlib
from collections.abc import Iterable, Sequence

# RFC 6962 puts these before what is hashed, so that no leaf can be taken for a node.
_LEAF, _NODE = b"\x00", b"\x01"
HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(value: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(_LEAF + value).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree that grows at its end, and knows every tree that it was before.

    It keeps the root of each full subtree, 64 bytes for each leaf in all, so that a root or a path of any
    size takes a few steps. Sizes and places that it does not have raise IndexError.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        # By height: the roots of the full subtrees of 1, 2, 4 … leaves, one after the other.
        self._levels: list[bytearray] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        node, place, height = leaf, self.size, 0
        while True:
            if height == len(self._levels):
                self._levels.append(bytearray())
            self._levels[height] += node
            # The right one of two: with it the subtree above is full as well.
            if not place & 1:
                break
            node = _node_hash(self._node(height, place - 1), node)
            place, height = place >> 1, height + 1
        self.size += 1

    def _node(self, height: int, place: int) -> bytes:
        return bytes(self._levels[height][place * HASH_SIZE : (place + 1) * HASH_SIZE])

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first `size` leaves, or over all."""
        return self._root(0, self._checked(self.size if size is None else size))

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise IndexError(size)
        return size

    def _root(self, begin: int, end: int) -> bytes:
        """Return the root over a range that begins where a subtree of its size may begin."""
        count = end - begin
        if count == 0:
            return EMPTY_ROOT
        if not count & (count - 1):
            height = count.bit_length() - 1
            return self._node(height, begin >> height)
        middle = begin + _split(count)
        return _node_hash(self._root(begin, middle), self._root(middle, end))

    def inclusion_path(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the path that proves the leaf at `index` in the tree of that size (RFC 6962, 2.1.1)."""
        if not 0 <= index < self._checked(size):
            raise IndexError(index)
        path, begin, end = [], 0, size
        while end - begin > 1:
            middle = begin + _split(end - begin)
            if index < middle:
                path.append(self._root(middle, end))
                end = middle
            else:
                path.append(self._root(begin, middle))
                begin = middle
        return tuple(reversed(path))

    def consistency_path(self, earlier: int, size: int) -> tuple[bytes, ...]:
        """Return the path that proves the earlier tree a beginning of the one of that size.

        RFC 6962, section 2.1.2. Nothing has to be proven of an empty tree or of the whole one.
        """
        if not 0 <= earlier <= self._checked(size):
            raise IndexError(earlier)
        if earlier in (0, size):
            return ()
        path, begin, end = [], 0, size
        while earlier != end:
            middle = begin + _split(end - begin)
            if earlier <= middle:
                path.append(self._root(middle, end))
                end = middle
            else:
                path.append(self._root(begin, middle))
                begin = middle
        # What is left ends where the earlier tree does. When it is all of it, its root is known already.
        known = () if begin == 0 else (self._root(begin, end),)
        return (*known, *reversed(path))


def _split(size: int) -> int:
    """Return the largest power of two below `size`, which is where a tree parts."""
    return 1 << (size - 1).bit_length() - 1


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that the path leads to, or None when no tree of that size has such a path.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = _node_hash(sibling, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = _node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(earlier: tuple[int, bytes], later: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Tell whether the path proves the earlier tree a beginning of the later; each is (size, root).

    RFC 9162, section 2.1.4.2.
    """
    (first, first_root), (second, second_root) = earlier, later
    if not 0 <= first <= second:
        return False
    if first in (0, second):
        # The empty tree begins every other, and a tree itself; neither takes a path.
        known = second_root if first == second else EMPTY_ROOT
        return not path and first_root == known
    return bool(path) and _roots_of_consistency(first, first_root, second, path) == (first_root, second_root)


def _roots_of_consistency(
    first: int, first_root: bytes, second: int, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Return the two roots that the path leads to, or None when no such trees have it."""
    # A full subtree is a node of the later tree, so its root is not in the path.
    nodes = list(path) if first & (first - 1) else [first_root, *path]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = _node_hash(node, old), _node_hash(node, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = _node_hash(new, node)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None
