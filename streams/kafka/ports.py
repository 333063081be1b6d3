"""Ports of this machine: which are free, and where a broker answers.

Everything listens on the loopback address alone: an embedded broker has no authentication. What is found here
holds for a moment only; whoever starts a server on a free port must be ready to find it taken.
"""

import socket
import struct

HOST = "127.0.0.1"
# The length (4), the correlation id (4) and the error code (2).
ANSWER_BYTES = 10
PROBE_TIMEOUT = 2.0


def free_port() -> int:
    """Return a port that nobody listens on now; somebody else may take it before you do."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket() as probe:
        # Java's server sockets set it too; without it a port just left counts as taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Tell whether a broker answers an ApiVersions request there.

    An open port is not enough: the broker listens some seconds before it can serve. Every broker answers
    version 0 of this request, whatever else it has stopped to support, and before any authentication.
    """
    # ApiVersions (key 18) version 0: correlation id 1, no client id
    request = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with socket.create_connection((HOST, port), timeout=PROBE_TIMEOUT) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            # length, correlation id, error code
            answer = connection.recv(ANSWER_BYTES, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(answer) == ANSWER_BYTES and struct.unpack(">iih", answer)[1:] == (1, 0)
