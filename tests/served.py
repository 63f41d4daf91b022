"""The application in processes of its own: started on a free port, asked, ended or killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

TOKEN = "a" * 32  # the secret of the forms' protection, as cookie and as header
STARTING = 60  # seconds at most


def request(path: str, session: str, body: str, **headers: str) -> bytes:
    """A POST as a browser sends it."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: sessionid={session}; csrftoken={TOKEN}; django_language=en",
        f"X-CSRFToken: {TOKEN}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


def answer(wire: socket.socket, answers: BinaryIO, asked: bytes) -> int:
    """Send one request and read its answer to the end; the status, 0 if there came none."""
    try:
        wire.sendall(asked)
        status, length = answers.readline(), 0
        while (line := answers.readline()) not in {b"\r\n", b""}:
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        answers.read(length)
    except OSError:
        return 0
    return int(status.split()[1]) if status else 0


@dataclass(slots=True)
class Served:
    """One granian with one worker and four threads, as the demo has it."""

    port: int
    process: subprocess.Popen

    @classmethod
    def start(cls, application: str, settings: str, database: str) -> "Served":
        """Serve ``application`` on ``database``; come back once it listens."""
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            port: int = door.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", application]
        where = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
        size = ["--workers", "1", "--blocking-threads", "4"]
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": settings, "EMULATION_DB": database,
        }  # fmt: skip
        process = subprocess.Popen(
            [*command, *where, *size], env=environment, start_new_session=True
        )
        for _attempt in range(STARTING * 20):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return cls(port, process)
            time.sleep(0.05)
        raise TimeoutError(f"{application} does not listen on {port}")

    def ask(self, asked: bytes) -> int:
        """Send one request on a connection of its own; the status, 0 if there came no answer."""
        with socket.create_connection(("127.0.0.1", self.port)) as wire:
            return answer(wire, wire.makefile("rb"), asked)

    def kill(self) -> None:
        """End all its processes at once, as a machine does that loses its power."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self.process.terminate()
        self.process.wait(30)
