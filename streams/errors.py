"""What can go wrong, apart from a refusal.

A refusal is a value (`streams.policy.decision.Reason`); what stands here is inability. Every class carries
the exit code that the command line ends with when it reaches the top. 69 and 75 are those of BSD's sysexits
(unavailable, try again); the runbook has a section on each.

No message names a plate, a person or any other text of a request: messages go to logs.
"""


class GateError(Exception):
    """The root of every error that alpr-gate raises itself; its text is one line with a way out."""

    exit_code = 1


class InputError(GateError):
    """A file, an option or a record from outside is not what it must be; trying again does not help."""

    exit_code = 2


class CodecError(InputError):
    """Bytes that are not the record they claim to be, or a value too large to be one.

    About an input it ends nothing: the gate records a block and keeps the bytes as a dead letter.
    """


class FieldError(CodecError):
    """One field of a record in text is not what it must be.

    `field` is its path, as in `selector.read_ids[3]`, empty for the record as a whole.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnavailableError(GateError):
    """Something that the gate needs (the broker, Java, the network) is not there; try again later."""

    exit_code = 69


class BooksNotCurrentError(UnavailableError):
    """The books cannot be trusted to be up to date, so nothing may be decided."""


class UnlawfulChangeError(InputError):
    """A change of the books would let through what the statutory floor forbids.

    Above all Civ. Code 1798.90.55(b); see `streams.policy.floor`. Nothing is changed when this is raised.
    """

    exit_code = 3


class LedgerError(GateError):
    """The ledger does not verify, or does not continue where it must; a person has to look at it."""

    exit_code = 4


class RehearsalError(GateError):
    """What was tried comes out otherwise than it has to; nothing was changed by trying it."""

    exit_code = 5


class DriftError(GateError):
    """A vendor has shares open that no agreement gives, or has said something that cannot be read.

    The gate cannot close them: somebody has to, in the vendor's product.
    """

    exit_code = 6


class FencedError(GateError):
    """Another worker owns the partition now; this one must write nothing more.

    The broker says so (KIP-98). After a restart the worker takes part again.
    """

    exit_code = 75
