import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.errors import InputError
from streams.ledger.checkpoint import Checkpoint
from streams.ledger.merkle import Tree, leaf_hash
from streams.ledger.signed_note import SignedNote, sign
from streams.ledger.submission import MOST_HASHES, Submission, read_submission
from tests.wording import exactly

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TREE = Tree(leaf_hash(bytes((number,))) for number in range(17))
CHECKPOINT = Checkpoint(origin="ledger/0", size=17, root=TREE.root())
NOTE = SignedNote(text=CHECKPOINT.text, signatures=(sign(CHECKPOINT.text, "ledger", KEY),))
NODE = base64.b64encode(bytes(32)).decode()

NO_SUBMISSION = "expected a submission that begins with `old` and a number of records"
NO_BASE64 = "expected base64 in a line of a submission"


def test_a_submission_reads_back() -> None:
    sent = Submission(old=5, path=TREE.consistency_path(5, 17), checkpoint=NOTE)
    lines = str(sent).split("\n")
    assert lines[0] == "old 5"
    assert lines[1] == base64.b64encode(sent.path[0]).decode()
    assert str(sent).endswith(f"\n\n{NOTE}")
    assert read_submission(str(sent)) == sent


def test_the_first_submission_has_no_path() -> None:
    assert read_submission(f"old 0\n\n{NOTE}") == Submission(old=0, path=(), checkpoint=NOTE)


def test_a_path_is_as_long_as_that_of_the_largest_tree_and_no_longer() -> None:
    longest = "\n".join(["old 5", *[NODE] * MOST_HASHES])
    assert len(read_submission(f"{longest}\n\n{NOTE}").path) == 63
    with pytest.raises(InputError, match=exactly(NO_SUBMISSION)):
        read_submission(f"{longest}\n{NODE}\n\n{NOTE}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NO_SUBMISSION),
        ("old 5\n", NO_SUBMISSION),
        (f"5\n\n{NOTE}", NO_SUBMISSION),
        (f"old\n\n{NOTE}", NO_SUBMISSION),
        (f"old 05\n\n{NOTE}", NO_SUBMISSION),
        (f"old -5\n\n{NOTE}", NO_SUBMISSION),
        (f"old 5\n!\n\n{NOTE}", NO_BASE64),
        (f"old 5\n{NODE}\nA\n\n{NOTE}", NO_BASE64),
        ("old 5\n\nnote", "expected a signed note: text, an empty line, and signatures"),
    ],
)
def test_what_is_no_submission_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=exactly(message)):
        read_submission(text)
