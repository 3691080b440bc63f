import subprocess
import sys
from pathlib import Path

import pytest

from tests.endpoint.conftest import no_keys, stand_in  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def serve():
    """Start servers whose model is a parrot; return a server's process and URL."""
    started = []

    def start(pause_s=0.0, queue=64):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.serve.parrot_server", str(pause_s), str(queue)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
