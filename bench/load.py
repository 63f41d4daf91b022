"""Ballots through a real server: sixteen open connections, each waiting for its answer."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

CONNECTIONS = 16


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@contextmanager
def served(database: str) -> Iterator[int]:
    """Serve the application on ``database`` by one granian worker, as the demo does."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "bench.wsgi:application"]
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    threads = ["--blocking-threads", "4", "--log-level", "error"]
    environment = os.environ | {"EMULATION_DB": database}
    server = subprocess.Popen([*command, *options, *threads], env=environment)
    try:
        for _attempt in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def request(path: str, session: str, body: str) -> bytes:
    """A POST as a browser sends it, written beforehand: the clock measures the server."""
    token = "a" * 32
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: sessionid={session}; csrftoken={token}\r\nX-CSRFToken: {token}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    return head.encode()


def answer_to(each: bytes, wire: socket.socket, answers: BinaryIO) -> bytes:
    """Send one request, read its answer to the end, return the first line."""
    wire.sendall(each)
    status, length = answers.readline(), 0
    while (line := answers.readline()) not in {b"\r\n", b""}:
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    answers.read(length)
    return status


def post_all(port: int, requests: list[bytes]) -> float:
    """Send them over the connections, each its share; return how many were answered a second."""
    start = threading.Barrier(CONNECTIONS + 1)
    failures: list[bytes] = []

    def send(share: list[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers = wire.makefile("rb")
            start.wait()
            for each in share:
                status = answer_to(each, wire, answers)
                if b" 302 " not in status:
                    failures.append(status)

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
    if failures:
        raise SystemExit(f"{len(failures)} of {len(requests)} were refused: {failures[0]!r}")
    return len(requests) / seconds
