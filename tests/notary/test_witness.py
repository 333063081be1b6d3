from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.clock import SystemClock
from streams.codecs.signing_key import SigningKey, new_signing_key
from streams.errors import InputError, UnavailableError
from streams.ledger.checkpoint import Checkpoint
from streams.ledger.merkle import Tree, leaf_hash
from streams.ledger.signed_note import COSIGNATURE, SignedNote, read_note, signed_by, verifier_of
from streams.ledger.submission import Submission, read_submission
from streams.notary.witness import SIZE_TYPE, Reply, Witness
from streams.notary.witness_pages import MOST_BYTES, serve_witness

LOG = new_signing_key("ledger", bytes(range(32)))
CLERK = Ed25519PrivateKey.from_private_bytes(bytes(32))
HONEST = [leaf_hash(bytes((number,))) for number in range(40)]
REWRITTEN = [leaf_hash(b"rewritten"), *HONEST[1:]]
SECONDS = 1_700_000_000


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness("clerk", CLERK, [LOG.verifier], tmp_path / "seen")


def note(leaves: list[bytes], size: int, key: SigningKey = LOG, origin: str = "ledger/0") -> SignedNote:
    text = Checkpoint(origin=origin, size=size, root=Tree(leaves).root(size)).text
    return SignedNote(text=text, signatures=(key.sign(text),))


def sent(old: int, size: int, leaves: list[bytes] = HONEST, signed: SignedNote | None = None) -> str:
    path = Tree(leaves).consistency_path(old, size) if old <= size else ()
    return str(Submission(old=old, path=path, checkpoint=signed or note(leaves, size)))


def is_cosigned(reply: Reply, size: int) -> bool:
    assert reply.status is HTTPStatus.OK, reply.text
    below = read_note(f"{note(HONEST, size).text}\n{reply.text}")
    return signed_by(below, verifier_of("clerk", COSIGNATURE, CLERK))


def test_a_submission_reads_back() -> None:
    text = sent(5, 17)
    assert str(read_submission(text)) == text


def test_a_ledger_that_grows_is_cosigned_each_time(witness: Witness) -> None:
    last = 0
    for size in (1, 2, 7, 8, 8, 31, 40):
        assert is_cosigned(witness.add(sent(last, size), SECONDS), size)
        last = size


def test_a_ledger_that_was_rewritten_and_signed_again_is_refused(witness: Witness) -> None:
    witness.add(sent(0, 20), SECONDS)
    refused = witness.add(sent(20, 30, REWRITTEN), SECONDS)
    assert refused.status is HTTPStatus.UNPROCESSABLE_ENTITY
    refused = witness.add(sent(20, 20, REWRITTEN), SECONDS)
    assert (refused.status, refused.text) == (HTTPStatus.CONFLICT, "20\n")
    # And the honest one goes on.
    assert is_cosigned(witness.add(sent(20, 30), SECONDS), 30)


def test_a_ledger_that_was_cut_off_is_refused(witness: Witness) -> None:
    witness.add(sent(0, 20), SECONDS)
    refused = witness.add(sent(10, 15), SECONDS)
    assert (refused.status, refused.text, refused.content_type) == (HTTPStatus.CONFLICT, "20\n", SIZE_TYPE)
    assert witness.add(sent(20, 15), SECONDS).status is HTTPStatus.BAD_REQUEST


def test_a_witness_that_starts_again_remembers(witness: Witness, tmp_path: Path) -> None:
    witness.add(sent(0, 20), SECONDS)
    again = Witness("clerk", CLERK, [LOG.verifier], tmp_path / "seen")
    assert again.add(sent(0, 20, REWRITTEN), SECONDS).status is HTTPStatus.CONFLICT
    assert is_cosigned(again.add(sent(20, 21), SECONDS), 21)


def test_each_partition_has_a_memory_of_its_own(witness: Witness) -> None:
    witness.add(sent(0, 20), SECONDS)
    other = note(HONEST, 5, origin="ledger/1")
    assert witness.add(sent(0, 5, signed=other), SECONDS).status is HTTPStatus.OK
    seen = witness.seen("ledger/0")
    assert seen is not None
    assert seen.size == 20


def test_what_the_log_did_not_sign_is_refused(witness: Witness) -> None:
    stranger = new_signing_key("ledger", bytes(32))
    assert witness.add(sent(0, 5, signed=note(HONEST, 5, stranger)), SECONDS).status is HTTPStatus.FORBIDDEN
    honest = note(HONEST, 5)
    changed = SignedNote(text=honest.text.replace("\n5\n", "\n6\n"), signatures=honest.signatures)
    assert witness.add(sent(0, 5, signed=changed), SECONDS).status is HTTPStatus.FORBIDDEN
    elsewhere = note(HONEST, 5, origin="another/0")
    assert witness.add(sent(0, 5, signed=elsewhere), SECONDS).status is HTTPStatus.NOT_FOUND
    assert witness.seen("ledger/0") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "old 1\n",
        "new 1\n\ntext\n",
        "old x\n\ntext\n",
        f"old 05\n\n{note(HONEST, 5)}",
        f"old {'9' * 5000}\n\n{note(HONEST, 5)}",
        "old 1\n!\n\ntext\n",
        "old 0\n" + "AAAA\n" * 64 + "\n",
    ],
)
def test_what_is_no_submission_is_refused(witness: Witness, text: str) -> None:
    assert witness.add(text, SECONDS).status is HTTPStatus.BAD_REQUEST


def test_a_memory_that_was_spoilt_stops_the_witness(witness: Witness, tmp_path: Path) -> None:
    witness.add(sent(0, 5), SECONDS)
    witness.add(sent(0, 5, signed=note(HONEST, 5, origin="ledger/1")), SECONDS)
    one, other = sorted((tmp_path / "seen").iterdir())
    one.write_text(other.read_text())
    with pytest.raises(InputError, match="another ledger"):
        [witness.seen(f"ledger/{number}") for number in range(2)]
    one.write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot read"):
        [witness.seen(f"ledger/{number}") for number in range(2)]


async def test_the_page_answers_as_the_protocol_says(witness: Witness) -> None:
    async with (
        serve_witness(witness, SystemClock(), "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):

        async def posted(body: bytes) -> tuple[int, str, str]:
            async with session.post("/add-checkpoint", data=body) as response:
                return response.status, response.content_type, await response.text()

        status, _, text = await posted(sent(0, 5).encode())
        assert status == HTTPStatus.OK
        assert text.startswith("\u2014 clerk ")
        assert await posted(sent(0, 6).encode()) == (HTTPStatus.CONFLICT, SIZE_TYPE, "5\n")
        assert (await posted(b"\xff"))[0] == HTTPStatus.BAD_REQUEST
        assert (await posted(bytes(MOST_BYTES + 1)))[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        with pytest.raises(UnavailableError, match="--port"):
            await serve_witness(witness, SystemClock(), "127.0.0.1", port).__aenter__()
