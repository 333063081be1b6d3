"""The people whose signed acts the gate takes: a key each, and one signature on each act."""

from collections.abc import Sequence

from streams.errors import InputError
from streams.ledger.signed_note import SIGNATURE, SignedNote, Verifier, signed_by


def signer_of(note: SignedNote, known: Sequence[Verifier], role: str) -> str:
    """Return the name of the one of those known who has signed the note; `role` is what they are.

    Raises:
        InputError: nobody of them has, or more than one, or a signature is not of this text. The message
            holds nothing of the note, for anybody may have written it.
    """
    signers = [one.name for one in known if _has_signed(note, one)]
    if len(signers) != 1:
        raise InputError(f"it is not signed by one {role} whom this gate knows")
    return signers[0]


def _has_signed(note: SignedNote, signer: Verifier) -> bool:
    try:
        return signed_by(note, signer)
    except InputError:
        # `from None`: the cause names the signer.
        raise InputError("its signature is not one of what it says") from None


def require_signers(verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return the signers, each of whom has a name and a key that no other has.

    Raises:
        InputError: two share a name or a key, or one is the key of a witness.
    """
    for what in ({one.name for one in verifiers}, {one.key for one in verifiers}):
        if len(what) != len(verifiers):
            raise InputError("two share a name or a key: each needs their own")
    if any(one.kind != SIGNATURE for one in verifiers):
        raise InputError("expected keys that sign notes; that of a witness does not")
    return tuple(verifiers)
