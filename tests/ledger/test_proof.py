import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.errors import GateError, InputError, LedgerError
from streams.ledger.checkpoint import Checkpoint
from streams.ledger.merkle import Tree, leaf_hash
from streams.ledger.proof import HEADER, Proof, check_proof, read_proof
from streams.ledger.signed_note import SIGNATURE, SignedNote, sign, verifier_of
from tests.ledger.chains import HONEST, written
from tests.wording import exactly

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VERIFIER = verifier_of("ledger", SIGNATURE, KEY)
VALUES = written(HONEST)
TREE = Tree(map(leaf_hash, VALUES))
CHECKPOINT = Checkpoint(origin="ledger/0", size=len(VALUES), root=TREE.root())
NOTE = SignedNote(text=CHECKPOINT.text, signatures=(sign(CHECKPOINT.text, "ledger", KEY),))


def proof(index: int = 5) -> Proof:
    return Proof(
        value=VALUES[index], index=index, path=TREE.inclusion_path(index, TREE.size), checkpoint=NOTE
    )


@pytest.mark.parametrize("index", range(len(VALUES)))
def test_a_proof_reads_back_and_holds(index: int) -> None:
    read = read_proof(str(proof(index)))
    assert read == proof(index)
    assert check_proof(read, VERIFIER) == CHECKPOINT


def test_the_only_record_of_a_ledger_is_proven_without_a_path() -> None:
    tree = Tree(map(leaf_hash, VALUES[:1]))
    checkpoint = Checkpoint(origin="ledger/0", size=1, root=tree.root())
    note = SignedNote(text=checkpoint.text, signatures=(sign(checkpoint.text, "ledger", KEY),))
    only = Proof(value=VALUES[0], index=0, path=(), checkpoint=note)
    assert read_proof(str(only)) == only
    assert check_proof(only, VERIFIER) == checkpoint


def test_a_record_that_was_changed_is_not_proven() -> None:
    changed = Proof(value=VALUES[4], index=5, path=proof().path, checkpoint=NOTE)
    with pytest.raises(LedgerError, match=exactly("the record is not number 5 of the ledger `ledger/0`")):
        check_proof(changed, VERIFIER)


def test_another_place_is_not_proven() -> None:
    moved = Proof(value=VALUES[5], index=4, path=proof().path, checkpoint=NOTE)
    with pytest.raises(LedgerError, match=exactly("the record is not number 4 of the ledger `ledger/0`")):
        check_proof(moved, VERIFIER)


def test_another_key_did_not_sign() -> None:
    with pytest.raises(LedgerError, match=exactly("the checkpoint of `ledger/0` is not signed by `clerk`")):
        check_proof(proof(), verifier_of("clerk", SIGNATURE, KEY))


def test_every_changed_sign_of_a_proof_is_noticed() -> None:
    text = str(proof())
    for place, sign_there in enumerate(text):
        changed = text[:place] + ("A" if sign_there != "A" else "B") + text[place + 1 :]
        with pytest.raises(GateError):
            check_proof(read_proof(changed), VERIFIER)


NO_PROOF = f"expected a proof that begins with `{HEADER}`"
NO_PLACE = "expected a proof with `extra` and `index` below its header"
NO_BASE64 = "expected base64 in a line of a proof"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NO_PROOF),
        ("c2sp.org/tlog-proof@v2\nextra AA==\nindex 0\n\nnote", NO_PROOF),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\nnote", NO_PROOF),
        ("c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\nnote", NO_PLACE),
        ("c2sp.org/tlog-proof@v1\nextra AA==\n0\n\nnote", NO_PLACE),
        ("c2sp.org/tlog-proof@v1\nextra AA==\nindex -1\n\nnote", NO_PLACE),
        ("c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nnote", NO_BASE64),
        ("c2sp.org/tlog-proof@v1\nextra AA==\nindex 0\n!\n\nnote", NO_BASE64),
        ("c2sp.org/tlog-proof@v1\nextra AA==\nindex 0\n", NO_PROOF),
        # Other spellings of a place, and one that Python would not turn into a number at all.
        (f"c2sp.org/tlog-proof@v1\nextra AA==\nindex 05\n\n{NOTE}", NO_PLACE),
        (f"c2sp.org/tlog-proof@v1\nextra AA==\nindex \u0665\n\n{NOTE}", NO_PLACE),
        (f"c2sp.org/tlog-proof@v1\nextra AA==\nindex {'9' * 5000}\n\n{NOTE}", NO_PLACE),
    ],
)
def test_what_is_no_proof_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=exactly(message)):
        read_proof(text)
