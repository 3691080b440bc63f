import multiprocessing
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

import pytest

from p4ir.errors import ReviewError, StoreError
from p4ir.review import Draft, ReviewStore
from p4ir.review import database as database_module
from tests.review.conftest import WIDTH

ID = "code/1.1"
NOBODY = 65534


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_S", 0.1)


def refused(where, **options):
    with pytest.raises((ReviewError, StoreError)) as caught:
        ReviewStore(where, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_store_is_made_only_where_it_may_be(path):
    assert "no review store is here" in refused(path, create=False)
    assert "no review store is here" in refused(path, read_only=True)
    assert not path.exists()
    ReviewStore(path).close()
    assert path.exists()


def test_a_file_that_is_no_database_is_refused_and_left_alone(path):
    path.write_text("if(exist(door)),then(has(door,handle))\n" * 100)
    before = path.read_bytes()
    for options in ({}, {"create": False}, {"read_only": True}):
        assert "is no SQLite database" in refused(path, **options)
    assert path.read_bytes() == before


def test_the_database_of_something_else_is_refused_and_left_alone(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    assert "is a database of something else (it has a table 'recipes')" in refused(path)
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall() == [
        ("recipes",)
    ]


def test_an_empty_database_is_no_store_until_it_is_made_one(path):
    path.touch()
    assert "is an empty database" in refused(path, create=False)
    ReviewStore(path).close()


def test_the_store_of_another_p4ir_is_refused(store, path):
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE p4ir_store SET schema = 99")
    assert "is a store of another p4ir (tables 99" in refused(path)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("nowhere/at/all.db", "cannot be opened: the folder is missing or forbidden"),
        (".", "is a folder"),
        ("nosuch://host/name", "no database 'nosuch' is known"),
        ("mysql+nosuch://host/name", "no database 'mysql+nosuch' is known"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("://", "is no URL of a database"),
    ],
)
def test_a_wrong_place_is_said(where, said):
    assert said in refused(where)


@pytest.mark.parametrize(
    ("dialect", "package"),
    [
        ("oracle+oracledb", "oracledb"),
        ("mssql", "pyodbc"),
        ("mysql", "mysqlclient"),
        ("mysql+mysqlconnector", "mysql-connector-python"),
        ("postgresql+psycopg2", "psycopg2-binary"),
    ],
)
def test_a_missing_driver_is_named_as_it_is_installed_and_the_password_is_not(
    dialect, package, monkeypatch
):
    for module in ("oracledb", "pyodbc", "MySQLdb", "mysql", "psycopg2"):
        monkeypatch.setitem(sys.modules, module, None)
    said = refused(f"{dialect}://reader:secret@host/name")
    assert said.endswith(f"pip install {package}")
    assert "secret" not in said


def test_a_locked_store_is_read_but_a_save_waits_and_then_says_so(impatient, path):
    with ReviewStore(path) as store:
        store.add([Draft(clause="1.1 Doors.", id=ID, rule=WIDTH)], "Ann")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert store.get(ID).status == "draft"
        with pytest.raises(StoreError, match="another program has held it too long; try again"):
            store.set_status(ID, "approved", version=1, author="Ann")
        other.execute("ROLLBACK")
        assert store.set_status(ID, "approved", version=1, author="Ann").version == 2


def test_a_store_opened_for_reading_is_not_written(store, path):
    with ReviewStore(path, read_only=True) as reader:
        assert reader.get(ID).version == 1
        with pytest.raises(StoreError, match="can only be read"):
            reader.set_status(ID, "approved", version=1, author="Ann")
    assert store.get(ID).version == 1


def as_a_reader(folder, answers):
    """Read and write a store as somebody who may not write to its folder."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    with ReviewStore(folder / "reviews.db", read_only=True) as reader:
        answers.put(reader.get(ID).status)
    try:
        ReviewStore(folder / "reviews.db")
    except StoreError as error:
        answers.put(str(error))


def test_a_write_protected_store_can_be_read_and_says_why_it_cannot_be_saved(store, path):
    store.close()
    folder = Path(tempfile.mkdtemp(prefix="p4ir-"))  # pytest's own is its user's alone
    shutil.copy(path, folder)
    (folder / "reviews.db").chmod(0o444)
    folder.chmod(0o555)
    forking = multiprocessing.get_context("fork")
    answers = forking.Queue()
    child = forking.Process(target=as_a_reader, args=(folder, answers))
    try:
        child.start()
        assert answers.get(timeout=60) == "draft"
        assert "can only be read: its file or folder is write-protected" in answers.get(timeout=60)
    finally:
        child.join()
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_full_disk_loses_nothing_that_was_saved(store, path, monkeypatch):
    saved = store.set_status(ID, "approved", version=1, author="Ann")
    store.close()
    connect = database_module._connect

    def connect_to_a_full_disk(*arguments):
        connection = connect(*arguments)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(database_module, "_connect", connect_to_a_full_disk)
    with ReviewStore(path) as full:
        many = [Draft(clause=f"Clause {n}. " + "Doors shall be wide. " * 50) for n in range(200)]
        with pytest.raises(StoreError, match="the disk is full; make room and save again"):
            full.add(many, "Ann")
        assert full.get(ID) == saved
        assert full.count() == 1


def test_a_damaged_store_says_so(store, path):
    store.add([Draft(clause=f"Clause {n} of many.") for n in range(500)], "Ann")
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    assert "is damaged; restore a copy of it" in refused(path)
