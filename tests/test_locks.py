import errno
import fcntl

import pytest

from p4ir.locks import lock


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


def test_a_lock_is_one_holders_until_the_file_is_closed(path):
    with path.open("ab") as mine, path.open("ab") as theirs, path.open("rb") as looking:
        assert lock(mine)
        assert not lock(theirs, wait_s=0.05)
        assert not lock(looking, shared=True)
        mine.close()
        assert lock(theirs)


def test_those_who_only_look_share_a_lock(path):
    path.touch()
    with path.open("rb") as one, path.open("rb") as other:
        assert lock(one, shared=True)
        assert lock(other, shared=True)


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_where_there_are_no_locks_each_is_to_be_had(path, monkeypatch, code):
    def flock(*_):
        raise OSError(code, "none here")

    monkeypatch.setattr(fcntl, "flock", flock)
    with path.open("ab") as file:
        assert lock(file)


def test_another_failure_is_not_taken_for_a_lock(path, monkeypatch):
    def flock(*_):
        raise OSError(errno.EIO, "damaged")

    monkeypatch.setattr(fcntl, "flock", flock)
    with path.open("ab") as file, pytest.raises(OSError, match="damaged"):
        lock(file)
