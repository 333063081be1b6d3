import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    is_consistent,
    leaf_hash,
    root_of_inclusion,
)
from tests.wording import exactly

# The inputs and roots that implementations of Certificate Transparency are tested with.
VALUES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(bytes((number >> 8, number & 255))) for number in range(300)]
TREE = Tree(LEAVES)
SIZES = st.integers(1, len(LEAVES))


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert Tree(map(leaf_hash, VALUES[:size])).root().hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex().startswith("e3b0c442")


@given(size=SIZES, data=st.data())
def test_every_leaf_is_proven_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    index = data.draw(st.integers(0, size - 1))
    path = Tree(leaves).inclusion_path(index, size)
    root = Tree(leaves).root()
    assert root_of_inclusion(leaves[index], index, size, path) == root
    assert root_of_inclusion(leaf_hash(b"another"), index, size, path) != root
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert root_of_inclusion(leaves[index], other, size, path) != root


@given(size=SIZES, data=st.data())
def test_a_path_that_is_longer_shorter_or_changed_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    index = data.draw(st.integers(0, size - 1))
    path, root = Tree(leaves).inclusion_path(index, size), Tree(leaves).root()
    assert root_of_inclusion(leaves[index], index, size, (*path, LEAVES[0])) != root
    if path:
        assert root_of_inclusion(leaves[index], index, size, path[:-1]) != root
        place = data.draw(st.integers(0, len(path) - 1))
        changed = (*path[:place], leaf_hash(b"x"), *path[place + 1 :])
        assert root_of_inclusion(leaves[index], index, size, changed) != root


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_there_is_no_path_for_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match=exactly(str(index))):
        TREE.inclusion_path(index, 3)
    assert root_of_inclusion(LEAVES[0], index, 3, ()) is None


@given(later=SIZES, data=st.data())
def test_every_beginning_is_consistent_and_no_other_tree_is(later: int, data: st.DataObject) -> None:
    leaves = LEAVES[:later]
    earlier = data.draw(st.integers(0, later))
    path = Tree(leaves).consistency_path(earlier, later)
    first, second = (earlier, TREE.root(earlier)), (later, Tree(leaves).root())
    assert is_consistent(first, second, path)
    rewritten = [leaf_hash(b"rewritten"), *leaves[1:]]
    assert (
        not is_consistent(
            first, (later, Tree(rewritten).root()), Tree(rewritten).consistency_path(earlier, later)
        )
        or not earlier
    )
    assert not is_consistent((earlier, leaf_hash(b"x")), second, path)
    assert not is_consistent(first, second, (*path, LEAVES[0]))
    if 0 < earlier < later:
        assert not is_consistent(first, second, path[:-1])
        assert not is_consistent(second, first, path)


@pytest.mark.parametrize("later", range(1, 18))
def test_every_beginning_of_a_small_tree_is_proven_by_its_own_path_alone(later: int) -> None:
    """All of them, for of large trees a draw seldom has the smallest beginnings and the full subtrees."""
    for earlier in range(1, later):
        path = TREE.consistency_path(earlier, later)
        first, second = (earlier, TREE.root(earlier)), (later, TREE.root(later))
        assert is_consistent(first, second, path)
        assert not is_consistent(first, second, ())
        for other in range(later + 1):
            assert is_consistent((other, TREE.root(other)), second, path) == (other == earlier)


@pytest.mark.parametrize("size", range(1, 18))
def test_a_place_beyond_the_tree_has_no_root(size: int) -> None:
    for path in ((), TREE.inclusion_path(size - 1, size), TREE.inclusion_path(size, size + 1)):
        assert root_of_inclusion(LEAVES[size], size, size, path) is None


def test_a_tree_begins_with_none_of_another_root_or_of_no_size() -> None:
    """Of size 0 too: the empty tree has one root, and who signs another has signed something else."""
    for size in (0, 1, 2):
        assert is_consistent((size, TREE.root(size)), (size, TREE.root(size)), ())
        assert not is_consistent((size, TREE.root(size)), (size, leaf_hash(b"x")), ())
    assert not is_consistent((-1, EMPTY_ROOT), (2, TREE.root(2)), (LEAVES[0],))


def test_a_tree_that_shrank_is_not_consistent() -> None:
    assert not is_consistent((3, TREE.root(3)), (2, TREE.root(2)), ())
    with pytest.raises(IndexError, match=exactly("3")):
        Tree(LEAVES[:2]).consistency_path(3, 2)


@given(size=SIZES)
def test_a_tree_knows_every_tree_that_it_was(size: int) -> None:
    assert TREE.root(size) == Tree(LEAVES[:size]).root()
    assert TREE.inclusion_path(size - 1, size) == Tree(LEAVES[:size]).inclusion_path(size - 1, size)
    for beyond in (-1, len(LEAVES) + 1):
        with pytest.raises(IndexError, match=exactly(str(beyond))):
            TREE.root(beyond)
