"""The embedded PostgreSQL: starting is harmless, strangers are safe, stopping leaves nothing."""

import os
import subprocess
import sys
import time

import psycopg
import pytest

from emulation import postgres
from emulation.settings import PLANNER, database


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One folder for all: a first start is slow, and every test begins by starting or stopping."""
    server = postgres.Server(tmp_path_factory.mktemp("project"))
    yield server
    server.remove()


def answer(server, question):
    with server.connect() as connection:
        return connection.execute(question).fetchone()[0]


def born(server):
    return answer(server, "SELECT pg_postmaster_start_time()")


PREPARED = {"server_side_binding": True, "prepare_threshold": 5}
DATABASES = [
    # address,                          a pooler between, what is told when connecting
    ("",                                "", PREPARED | {"options": PLANNER}),
    ("postgresql://u@h/n?sslmode=require", "",
     PREPARED | {"options": PLANNER, "sslmode": "require"}),
    ("postgresql://u@h/n?options=-c%20work_mem%3D8MB", "",
     PREPARED | {"options": f"{PLANNER} -c work_mem=8MB"}),
    ("postgresql://u@h/n?sslmode=require", "1", {"sslmode": "require"}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "pooler", "options"), DATABASES)
def test_statements_are_prepared_unless_a_pooler_stands_between(
    monkeypatch, address, pooler, options
):
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("DATABASE_POOLER", pooler)
    assert database()["OPTIONS"] == options


def test_starting_twice_is_harmless(server):
    server.start()
    first = born(server)
    server.start()
    assert born(server) == first


def test_starting_goes_on_with_the_same_data_after_a_stop(server):
    server.start()
    server.create("a year")
    server.stop()
    server.start()
    server.create("a year")
    assert answer(server, "SELECT count(*) FROM pg_database WHERE datname = 'a year'") == 1
    server.drop("a year")
    assert answer(server, "SELECT count(*) FROM pg_database WHERE datname = 'a year'") == 0


def test_a_stale_pid_file_with_a_strangers_number_neither_kills_nor_hinders(server):
    server.start()
    server.stop()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
        server.stop()
        assert stranger.poll() is None
        server.start()
        assert server.running()
        server.stop()
        time.sleep(0.1)
        assert stranger.poll() is None
        stranger.kill()


def test_stopping_leaves_no_process_and_no_socket(server):
    server.start()
    assert postgres.using(server.data)
    server.stop()
    assert not postgres.using(server.data)
    assert not list(server.run.glob(".s.PGSQL.*"))
    server.stop()


def test_the_locale_knows_vietnamese_whatever_the_environment_says(server, monkeypatch):
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_ALL", "C")
    server.start()
    assert answer(server, "SELECT lower('ĐẶNG THỊ ƯỚC')") == "đặng thị ước"


def test_the_server_has_no_network_door_and_logs_no_statements(server):
    server.start()
    assert answer(server, "SHOW listen_addresses") == ""
    assert answer(server, "SHOW log_statement") == "none"
    assert server.run.stat().st_mode & 0o077 == 0
    with pytest.raises(psycopg.errors.DivisionByZero):
        answer(server, "SELECT 1 / 0 AS of_somebody")
    log = (server.home / "log").read_text()
    assert "division by zero" in log
    assert "of_somebody" not in log


def test_removing_leaves_no_folder_and_those_that_were_there_keep_their_mode(tmp_path):
    server = postgres.Server(tmp_path)
    before = {folder: folder.stat().st_mode for folder in [tmp_path, *tmp_path.parents]}
    server.start()
    assert {folder: folder.stat().st_mode for folder in before} == before
    server.remove()
    assert not server.home.exists()
    assert not server.run.exists()


def test_a_copy_of_the_binaries_runs_without_the_original(server):
    server.start()
    copy = server.copied(server.binaries())
    done = subprocess.run([copy / "initdb", "--version"], capture_output=True, check=True)
    assert b"PostgreSQL" in done.stdout


def test_a_path_too_long_for_a_socket_gets_a_short_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    server = postgres.Server(tmp_path / ("a" * 60) / ("b" * 60))
    socket = server.run / ".s.PGSQL.5432"
    assert len(os.fsencode(socket)) <= postgres.SOCKET_PATH_LIMIT
    assert not server.run.is_relative_to(tmp_path)


def test_without_any_binaries_the_sentence_says_what_to_set(server, monkeypatch, tmp_path):
    server.stop()
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(SystemExit, match=r"PG_BIN.*DATABASE_URL"):
        server.start()
