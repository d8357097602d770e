"""What this project assumes of pika beyond its documentation. See lienthong/adapters/rabbitmq/connection.py."""

import inspect

from pika.adapters.utils.io_services_utils import _AsyncTransportBase
from pika.connection import Connection

from lienthong.adapters.rabbitmq.connection import READ_SIZE_BYTES


def test_pika_reads_as_many_bytes_in_one_call_as_the_attribute_we_set_contains() -> None:
    assert _AsyncTransportBase._MAX_RECV_BYTES < READ_SIZE_BYTES
    assert "self._MAX_RECV_BYTES" in inspect.getsource(_AsyncTransportBase._consume)


def test_pika_gives_up_a_peer_that_missed_heartbeats_by_the_method_we_call() -> None:
    from pika.heartbeat import HeartbeatChecker

    assert list(inspect.signature(Connection._terminate_stream).parameters) == ["self", "error"]
    assert "_terminate_stream(" in inspect.getsource(HeartbeatChecker._close_connection)
