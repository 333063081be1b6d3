"""What each target starts from: examples of the schemas, the files of the demonstration, honest proofs."""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from streams.chains.note import Note
from streams.codecs.keyring import new_keyring
from streams.codecs.request import encode_request
from streams.codecs.request_json import request_to_json
from streams.codecs.signing_key import new_signing_key
from streams.codecs.table import CODECS
from streams.ledger.checkpoint import Checkpoint
from streams.ledger.merkle import Tree, leaf_hash
from streams.ledger.proof import Proof
from streams.ledger.signed_note import COSIGNATURE, SignedNote, cosign
from streams.ledger.submission import Submission
from streams.simulators.malformed import malformed
from tests.codecs.examples import example
from tests.codecs.samples import REQUEST
from tests.ledger.chains import HONEST, written
from tests.policy.building import a_request

Seeds = Iterable[bytes]

FILES = {"request": "sharing_request", "policy": "agency_policy"}
# Of the files, whole ones would be larger than what fuzzing makes of them.
RECORDS = 5
LOG_KEY = new_signing_key("ledger", bytes(range(32)))
WITNESS_KEY = new_signing_key("clerk", bytes(range(32, 64)), COSIGNATURE)


def record(name: str) -> bytes:
    """Return the example of one codec, framed."""
    return CODECS[name].encode(example(FILES.get(name, name)))


def records(name: str) -> Seeds:
    """Return the seeds of one codec."""
    return requests() if name == "request" else (record(name),)


def requests() -> Seeds:
    """Return requests, good ones and one of each malformed kind."""
    good = (record("request"), encode_request(REQUEST), encode_request(a_request()))
    return (*good, *(each.value for each in malformed(good[0], seed=1) if each.value is not None))


def chain() -> Seeds:
    """Return the records of an honest chain."""
    return written(HONEST)


def request_json() -> Seeds:
    """Return requests in JSON, with all fields and with few."""
    example_text = files("schemas").joinpath("examples/sharing_request.json").read_bytes()
    return example_text, request_to_json(REQUEST), request_to_json(a_request())


def policy_file() -> Seeds:
    """Return the policy of the demonstration."""
    return (files("streams.examples").joinpath("policy.yaml").read_bytes(),)


def list_file(name: str) -> Seeds:
    """Return the beginning of a list of the demonstration, with a few of its records."""
    head, *listed = (
        files("streams.examples").joinpath(f"{name}.yaml").read_text(encoding="utf-8").split("\n  - ")
    )
    return ("\n  - ".join([head, *listed[:RECORDS]]).encode() + b"\n",)


def notices() -> Seeds:
    """Return a file of share notices."""
    header = b"notice_date,notice_kind,requesting_organisation,request_date,permissions_requested\n"
    stated = b"2025-06-18,digest,Bell CA PD,2025-06-11,Search|Hot List\n"
    return (header + stated + b'2023-02-03,single,"A, B",2023-02-03,(not stated)\n',)


def portals() -> Seeds:
    """Return both shapes of a crawl of portals."""
    return (
        b"src_agency,external_agency,src_agency_id,external_agency_id\nNapa CA PD,FBI,1,2\n",
        b'agency,external_organizations_with_access\nNapa CA PD,"FBI, University of California, X"\nA,NA\n',
    )


def vendor_list() -> Seeds:
    """Return what a vendor has open, in the plain form of CSV and in JSON."""
    return (
        b"recipient,network,scopes\nNapa CA PD,Gate 3,Search; VMS\nFBI,,\n",
        b'{"shares":[{"recipient":"FBI","network":"Gate 3","scopes":["search"]}]}',
        b'[{"crawled_slug":"napa","sharing_outbound":["FBI"]}]',
    )


def share_log() -> Seeds:
    """Return a vendor's log of grants and revocations."""
    header = b"Timestamp,User,Event Type,Entity Type,Entity Details,Event Id\n"
    what = b'"Network Name: Gate 3, Permissions: Search, Receiving Organization: University of California, X"'
    grant = b'"03/31/2026, 09:15:00 PM UTC",J Doe,create,networkShare,' + what + b",1\n"
    return (header + grant + b"2026-04-01T00:00:00Z,J Doe,delete,networkShare," + what + b",2\n",)


def keyring() -> Seeds:
    """Return a keyring in JSON."""
    ring = new_keyring(bytes(range(64)))
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    text = '{"active_intake_key":"%s","intake_keys":{"%s":"%s"},"pseudonym_key":"%s"}'
    return ((text % (ring.active_intake_key, ring.active_intake_key, key, key)).encode(),)


def signing_key() -> Seeds:
    """Return a private key in its text form."""
    seed = b64encode(bytes((LOG_KEY.kind, *range(32)))).decode()
    return (f"PRIVATE+KEY+{LOG_KEY.name}+{LOG_KEY.verifier.hash.hex()}+{seed}\n".encode(),)


def verifier() -> Seeds:
    """Return public keys, of a log and of a witness."""
    return str(LOG_KEY.verifier).encode(), str(WITNESS_KEY.verifier).encode()


@cache
def _proof() -> Proof:
    values = written(HONEST)
    tree = Tree(map(leaf_hash, values))
    text = Checkpoint(origin="ledger/0", size=tree.size, root=tree.root()).text
    signatures = (LOG_KEY.sign(text), cosign(text, WITNESS_KEY.name, WITNESS_KEY.key, 1_800_000_000))
    note = SignedNote(text=text, signatures=signatures)
    return Proof(value=values[5], index=5, path=tree.inclusion_path(5, tree.size), checkpoint=note)


def signed_note() -> Seeds:
    """Return a checkpoint with the signature of its log and of a witness."""
    return (str(_proof().checkpoint).encode(),)


def checkpoint() -> Seeds:
    """Return the text of a checkpoint, without and with an extension."""
    text = _proof().checkpoint.text.encode()
    return text, text + b"extension\n"


def proof() -> Seeds:
    """Return a proof that holds."""
    return (str(_proof()).encode(),)


def submission() -> Seeds:
    """Return what a log sends to a witness that has seen four records."""
    tree = Tree(map(leaf_hash, written(HONEST)))
    path = tree.consistency_path(4, tree.size)
    return (str(Submission(old=4, path=path, checkpoint=_proof().checkpoint)).encode(),)


def book_record() -> Seeds:
    """Return records of the books: a key, a line feed and a value of each kind."""
    return tuple(
        f"{name}/{key}\n".encode() + record(name)
        for name, key in (("agreement", "a"), ("entity", "e"), ("policy", "current"), ("heartbeat", "w"))
    )


def offset_note() -> Seeds:
    """Return a note of a writer."""
    return (str(Note(seq=7, hash=bytes(range(32)), revision=41)).encode(),)
