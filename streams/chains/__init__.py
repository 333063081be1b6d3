"""What every writer of a hash-linked chain needs, whatever its records say.

`state` is where a chain stands, `note` what is committed beside the offset, `recovery` rebuilds the state
from the log after a change of owner, `current_books` waits for books that one may decide under. What a record
means is for the packages above: the gate's requests, and the other inputs beside them.
"""
