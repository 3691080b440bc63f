"""Locks on files, which the system releases however the process that holds them ends.

A process that it forked holds them too, until it ends.
"""

from __future__ import annotations

import errno
import time
from typing import IO

_WITHOUT_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)
"""What a file system says that has none."""


def lock(file: IO[bytes], *, shared: bool = False, wait_s: float = 0.0) -> bool:
    """Take a lock until the file is closed; say whether it was to be had.

    Args:
        file: what to lock, open for writing unless the lock is shared.
        shared: whether others may share it: who can have such a lock knows that nobody works
            there.
        wait_s: how long to try, in seconds. Who only asks holds the lock for a moment.

    Where there are no such locks, on Windows and on some network file systems, it always is.
    """
    try:
        import fcntl
    except ImportError:
        return True
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        except OSError as error:
            if error.errno in _WITHOUT_LOCKS:
                return True
            raise
