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
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(value: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(_LEAF + value).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree that grows at its end; it keeps only the roots of its full subtrees, one of each height."""

    def __init__(self) -> None:
        self.size = 0
        # Of falling height, as the ones in the binary form of `size`.
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        node, size = leaf, self.size
        while size & 1:
            node = _node_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = _node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root


def _split(size: int) -> int:
    """Return the largest power of two below `size`, which is where a tree parts."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the path that proves the leaf at `index` in the tree over all of `leaves` (RFC 6962, 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_path(leaves[:split], index), root_of(leaves[split:]))
    return (*inclusion_path(leaves[split:], index - split), root_of(leaves[:split]))


def consistency_path(leaves: Sequence[bytes], earlier: int) -> tuple[bytes, ...]:
    """Return the path that proves the tree over the first `earlier` leaves a beginning of the one over all.

    RFC 6962, section 2.1.2. Nothing has to be proven of an empty tree or of the whole one.
    """
    if not 0 <= earlier <= len(leaves):
        raise IndexError(earlier)
    return _consistency(leaves, earlier, is_known=True) if earlier else ()


def _consistency(leaves: Sequence[bytes], earlier: int, *, is_known: bool) -> tuple[bytes, ...]:
    """Return the path within a subtree; `is_known` while its root at `earlier` is the earlier root itself."""
    if earlier == len(leaves):
        return () if is_known else (root_of(leaves),)
    split = _split(len(leaves))
    if earlier <= split:
        return (*_consistency(leaves[:split], earlier, is_known=is_known), root_of(leaves[split:]))
    return (*_consistency(leaves[split:], earlier - split, is_known=False), root_of(leaves[:split]))


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
    if first in (0, second):
        # The empty tree begins every other, and a tree itself; neither takes a path.
        known = EMPTY_ROOT if first == 0 else second_root
        return not path and first <= second and first_root == known
    if not 0 < first < second or not path:
        return False
    return _roots_of_consistency(first, first_root, second, path) == (first_root, second_root)


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
