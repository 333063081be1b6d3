import socket

from streams.kafka.ports import HOST, answers, free_port, is_free


def test_a_free_port_can_be_taken_and_is_then_not_free() -> None:
    port = free_port()
    assert is_free(port)

    with socket.create_server((HOST, port)):
        assert not is_free(port)


def test_nobody_answers_on_a_free_port() -> None:
    assert not answers(free_port())


def test_a_server_that_is_no_broker_does_not_answer() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        # It accepts the connection into its backlog and says nothing until the probe gives up.
        assert not answers(port)
