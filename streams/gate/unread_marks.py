"""Records among the marks that nobody can read.

Each may be a mark that would hold somebody, and nobody knows whom. So nothing is decided until a person has
passed it over, by its offset and on record: the act stands in the chain of administrative acts, and a copy of
it among the marks, where every worker reads it.
"""

from streams.codecs.admin_action import decode_admin_action, is_admin_action
from streams.codecs.mark import decode_mark
from streams.errors import CodecError
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.policy.mark import Mark


def entry_of(value: bytes | None) -> Mark | AdminAction | CodecError:
    """Return what stands among the marks, or why it cannot be read."""
    try:
        return decode_admin_action(value) if is_admin_action(value) else decode_mark(value)
    except CodecError as error:
        return error


class UnreadMarks:
    """The unread records that stand, with why, until they are passed over; and those `under_way`."""

    def __init__(self) -> None:
        self.standing: dict[int, str] = {}
        self.under_way: set[int] = set()

    def __len__(self) -> int:
        return len(self.standing) + len(self.under_way)

    def first(self) -> int:
        """Return the offset of the first of them.

        Raises:
            ValueError: there is none.
        """
        return min((*self.standing, *self.under_way))

    def take(self, offset: int, entry: AdminAction | CodecError) -> None:
        """Take in what is committed at the offset and is no mark; call it in the order of the topic."""
        match entry:
            # An act lifts what came before it alone: what comes later nobody has looked at.
            case AdminAction(act=AdminAct.PASS_OVER, offset=int() as passed):
                self.standing.pop(passed, None)
            case AdminAction():
                self.standing[offset] = "it is an act that passes nothing over"
            case CodecError():
                self.standing[offset] = str(entry)

    def settle(self, position: int) -> None:
        """Drop all that is under way below the position: what came of it is known."""
        self.under_way = {offset for offset in self.under_way if offset >= position}
