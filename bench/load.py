"""Ballots through a real server: sixteen open connections, each waiting for its answer."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.served import Served, answer

CONNECTIONS = 16
FOUND = 302  # what a ballot that was counted is answered with


@contextmanager
def served(database: str) -> Iterator[Served]:
    """Serve the application and the bare view on ``database`` while the block runs."""
    server = Served.start("bench.wsgi:application", "bench.settings", database)
    try:
        yield server
    finally:
        server.stop()


def post_all(server: Served, requests: list[bytes]) -> float:
    """Send them over the connections, each its share; return how many were answered a second."""
    start = threading.Barrier(CONNECTIONS + 1)
    refused: list[int] = []

    def send(share: list[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", server.port)) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers = wire.makefile("rb")
            start.wait()
            told = [answer(wire, answers, each) for each in share]
            refused.extend(status for status in told if status != FOUND)

    threads = [
        threading.Thread(target=send, args=(requests[number::CONNECTIONS],))
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if refused:
        raise SystemExit(f"{len(refused)} of {len(requests)} were refused: {refused[0]}")
    return len(requests) / seconds
