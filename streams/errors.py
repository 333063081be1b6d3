"""What can go wrong, apart from a refusal.

A refusal is a value (`streams.policy.decision.Reason`); what stands here is inability. Every class carries
the exit code that the command line ends with when it reaches the top.
"""


class GateError(Exception):
    """The root of every error that alpr-gate raises itself; its text is one line with a way out."""

    exit_code = 1


class InputError(GateError):
    """A file, an option or a record from outside is not what it must be."""

    exit_code = 2


class CodecError(InputError):
    """Bytes that are not the record they claim to be."""


class UnavailableError(GateError):
    """Something that the gate needs (the broker, Java, the network) is not there."""

    exit_code = 69


class BooksNotCurrentError(UnavailableError):
    """The books cannot be trusted to be up to date, so nothing may be decided."""


class UnlawfulChangeError(InputError):
    """A change of the books would let through what the statutory floor forbids."""

    exit_code = 3


class LedgerError(GateError):
    """The ledger does not verify, or does not continue where it must."""

    exit_code = 4


class FencedError(GateError):
    """Another worker owns the partition now; this one must write nothing more."""

    exit_code = 75
