import os
import threading

import pytest

from p4ir.corpus.writing import check_new_file, write_text
from p4ir.errors import OutputError


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_text(pipe, "a rule\n")
    assert pipe.is_fifo()
    reader.join(timeout=10)
    assert read == ["a rule\n"]
    assert os.listdir(tmp_path) == ["pipe"]


def test_what_a_link_names_is_written_and_the_link_stays(tmp_path):
    link, file = tmp_path / "link", tmp_path / "there" / "file"
    link.symlink_to(file)
    write_text(link, "first\n")
    write_text(link, "second\n")
    assert link.is_symlink()
    assert file.read_text() == "second\n"
    assert os.listdir(file.parent) == ["file"]


def test_a_database_is_never_overwritten(tmp_path):
    database = tmp_path / "reviews.db"
    database.write_bytes(b"SQLite format 3\0 and so on")
    with pytest.raises(OutputError, match=r"reviews\.db: is a database"):
        write_text(database, "a corpus\n")
    assert database.read_bytes().startswith(b"SQLite")


def test_what_is_written_into_need_not_be_in_a_folder_that_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    check_new_file("/dev/null", overwrite=False)
    with pytest.raises(OutputError, match="may not be written to"):
        check_new_file(tmp_path / "new", overwrite=False)
