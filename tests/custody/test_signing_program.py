"""Signers that are programs, each a real one: what signs, what refuses, what talks nonsense, what hangs."""

import asyncio
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from streams.books.loader import read_books
from streams.cli.books_output import plain
from streams.codecs.signing_key import SigningKey, write_signing_key
from streams.custody.signing_program import load_signer, write_signing_program
from streams.errors import InputError, UnavailableError
from streams.ledger.signed_note import note_by, read_note, signed_by
from streams.policy.vocabulary import EntityId
from streams.settings import Settings
from tests.books.custodians import ALICE, BOB, STRANGER
from tests.books.samples import entity
from tests.cli.books_runner import gate_on
from tests.gatehouse import signed

PROGRAM = """
import sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
text = sys.stdin.buffer.read()
signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex("{seed}")).sign(text)
{then}
"""
SIGNS = "sys.stdout.buffer.write(signature)"
PATIENCE = 20.0


def pem(key: SigningKey) -> bytes:
    return key.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def command_in(folder: Path, then: str, key: SigningKey = ALICE) -> str:
    """Return the command of a program that has the key and does `then` with the signature."""
    script = folder / "signer.py"
    script.write_text(PROGRAM.format(seed=key.key.private_bytes_raw().hex(), then=then), encoding="utf-8")
    return f"{sys.executable} '{script}'"


def key_file(folder: Path, then: str, key: SigningKey = ALICE) -> Path:
    """Return the key file of such a program, which says that it has the key of Alice."""
    path = folder / "program.key"
    write_signing_program(path, "alice", command_in(folder, then, key), pem(ALICE))
    return path


def test_a_program_signs_like_a_key_in_a_file(tmp_path: Path) -> None:
    signer = load_signer(key_file(tmp_path, SIGNS), PATIENCE)
    assert (signer.name, signer.verifier) == ("alice", ALICE.verifier)
    text = "a note\nof ice\N{SNOWMAN}\n"
    assert note_by(signer, text) == note_by(ALICE, text)
    write_signing_key(ALICE, tmp_path / "alice.key")
    assert load_signer(tmp_path / "alice.key", PATIENCE).verifier == ALICE.verifier


def test_openssl_is_such_a_program(tmp_path: Path) -> None:
    private = ALICE.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "token.pem").write_bytes(private)
    script = tmp_path / "sign.sh"
    # It signs files alone, so what comes is put into one.
    script.write_text(
        f'set -e\ncat > "{tmp_path}/text"\nexec openssl pkeyutl -sign -rawin -inkey "{tmp_path}/token.pem" '
        f'-in "{tmp_path}/text"\n', encoding="utf-8",
    )  # fmt: skip
    write_signing_program(tmp_path / "program.key", "alice", f"sh '{script}'", pem(ALICE))
    note = note_by(load_signer(tmp_path / "program.key", PATIENCE), "a note\n")
    assert signed_by(read_note(str(note)), ALICE.verifier)


@pytest.mark.parametrize(
    ("then", "error", "told"),
    [
        ("sys.exit(3)", UnavailableError, "it refused with exit code 3; nothing is signed"),
        (f"{SIGNS}; sys.exit(3)", UnavailableError, "it refused with exit code 3"),
        ("pass", InputError, "no signature by the key of `alice`"),
        ("print('a signature')", InputError, "no signature by the key of `alice`"),
        ("sys.stdout.buffer.write(signature + b'x')", InputError, "no signature by the key of `alice`"),
        ("sys.stdout.buffer.write(bytes(64))", InputError, "no signature by the key of `alice`"),
        ("import signal, os; os.kill(os.getpid(), signal.SIGKILL)", UnavailableError, "exit code -9"),
    ],
)
def test_what_is_no_signature_signs_nothing(
    then: str, error: type[Exception], told: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=told):
        load_signer(key_file(tmp_path, then), PATIENCE).sign("a note\n")


def test_a_signature_by_another_key_signs_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no signature by the key of `alice`"):
        load_signer(key_file(tmp_path, SIGNS, STRANGER), PATIENCE).sign("a note\n")


@pytest.mark.parametrize("command", ["sleep 30", "sh -c 'sleep 3; true'"])
def test_a_program_that_hangs_is_not_waited_for(command: str, tmp_path: Path) -> None:
    path = tmp_path / "program.key"
    write_signing_program(path, "alice", command, pem(ALICE))
    with pytest.raises(UnavailableError, match=r"no signature within 0\.2 s; nothing is signed"):
        load_signer(path, 0.2).sign("a note\n")


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "program.key"
    write_signing_program(path, "alice", "/nowhere/signer --pin", pem(ALICE))
    with pytest.raises(InputError, match="signer `/nowhere/signer`: No such file"):
        load_signer(path, PATIENCE).sign("a note\n")


@pytest.mark.parametrize(
    ("name", "command", "public", "told"),
    [
        ("alice", " ", pem(ALICE), "command is blank"),
        ("alice", "a\nb", pem(ALICE), "more than one line"),
        ("alice", "a 'b", pem(ALICE), "cannot be read"),
        ("al ice", "a", pem(ALICE), "hash is not that of its name"),
        ("alice", "a", b"no key", "expected a public key in PEM"),
    ],
)
def test_a_key_file_that_would_sign_nothing_is_not_written(
    name: str, command: str, public: bytes, told: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=told):
        write_signing_program(tmp_path / "program.key", name, command, public)
    assert not (tmp_path / "program.key").exists()


@pytest.mark.parametrize("content", ["PROGRAM \nkey", "PROGRAM a\nno verifier", "PROGRAM a", "nothing"])
def test_a_key_file_that_names_nobody_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "program.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(InputError):
        load_signer(path, PATIENCE)
    path.chmod(0o644)
    with pytest.raises(InputError, match="0600"):
        load_signer(path, PATIENCE)


@pytest.mark.kafka
async def test_custodians_propose_and_approve_by_programs(settings: Settings, tmp_path: Path) -> None:
    ours = signed(settings, tmp_path)
    gate = gate_on(ours)
    (tmp_path / "alice.pem").write_bytes(pem(ALICE))
    made = await asyncio.to_thread(
        gate, "ledger", "key", str(tmp_path / "program.key"), "--name", "alice",
        "--program", command_in(tmp_path, SIGNS), "--public", str(tmp_path / "alice.pem"),
    )  # fmt: skip
    assert made.output.strip() == str(ALICE.verifier), made.error
    write_signing_key(BOB, tmp_path / "bob.key")
    file = orjson.dumps({"entities": [plain(entity())]}).decode()
    words = ("entities", "apply", "-", "--key", str(tmp_path / "program.key"), "--reason", "a test")
    proposed = await asyncio.to_thread(gate, *words, stdin=file)
    assert "proposed" in proposed.output, proposed.error
    ids = [word for word in proposed.output.split() if len(word) == 64]
    approved = await asyncio.to_thread(gate, "books", "approve", *ids, "--key", str(tmp_path / "bob.key"))
    assert approved.exit_code == 0, approved.error
    assert (await read_books(ours)).entity(EntityId("burbank")) == entity()


def test_what_a_program_says_to_its_user_is_shown(tmp_path: Path) -> None:
    path = key_file(tmp_path, f"sys.stderr.write('touch the token'); {SIGNS}")
    month = ("ledger", "order-shred", "2021-11", "--reason", "over", "--key", str(path))
    done = subprocess.run(
        [sys.executable, "-m", "streams", *month], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "touch the token")
    assert signed_by(read_note(done.stdout), ALICE.verifier)
