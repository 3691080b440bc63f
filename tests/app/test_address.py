"""Who can reach the application as `make app` starts it."""

import socket
import sys
from urllib.parse import urlsplit

import pytest

from tests.app.browser import served


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers at all of 127.0.0.0/8")
def test_the_application_listens_on_the_machines_own_address_alone():
    # Whoever listens on every interface is reached at 127.0.0.2 as well.
    with served({}) as address, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", urlsplit(address).port), timeout=5)
