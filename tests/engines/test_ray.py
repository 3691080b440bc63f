"""The Ray engine on a cluster of two workers on this machine."""

import functools
import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from p4ir.batch.job import BatchJob
from p4ir.batch.rows import BatchRow
from p4ir.engines.local import LocalEngine
from p4ir.errors import EndpointError, ModelError
from tests.batch.parrot import Parrot

ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'p4ir[ray]'")

from p4ir.engines.ray import RayEngine  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


class SlowParrot(Parrot):
    """Leaves a file named after its process, so that tests can find the workers."""

    def __init__(self, folder, pause_s):
        super().__init__(pause_s=pause_s)
        (Path(folder) / str(os.getpid())).touch()


@pytest.fixture(scope="module")
def cluster():
    """Start a cluster with room for two workers, and little memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")  # else a token is written to the user's home
        start()
        yield
        ray.shutdown()


def start():
    ray.init(
        num_cpus=2,
        object_store_memory=80 * 2**20,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}},
    )


def engine(folder, pause_s=0.0):
    parrot = Parrot()
    return RayEngine(
        functools.partial(SlowParrot, str(folder), pause_s),
        model=parrot.model,
        info=parrot.info,
        constrained=parrot.constrained,
        beams=parrot.beams,
        workers=2,
        batch_size=parrot.batch_size,
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:1", "the Ray cluster 127.0.0.1:1 cannot be reached: Connection refused"),
        ("ray://127.0.0.1:1", "cannot be reached: Connection refused"),
        ("127.0.0.1:99999", "cannot be reached: "),
        ("head-node", "expected HOST:PORT"),
    ],
)
def test_a_cluster_that_is_not_there_is_said_at_once(address, said):
    started = time.monotonic()
    with pytest.raises(ModelError, match=said):
        RayEngine(Parrot, model=None, info=None, address=address)
    assert time.monotonic() - started < 6


def rows(count):
    bad = {7: "broken quoting", 8: ""}
    return [BatchRow(str(n), "" if n == 8 else f"Door {n}.", bad.get(n, "")) for n in range(count)]


@pytest.fixture
def expected(tmp_path):
    """What the local engine makes of the same rows."""
    output = tmp_path / "local.jsonl"
    BatchJob(rows(100), output).run(LocalEngine(Parrot()))
    return output.read_bytes()


def test_the_output_is_that_of_the_local_engine(cluster, tmp_path, expected):
    output = tmp_path / "out.jsonl"
    pids = tmp_path / "pids"
    pids.mkdir()
    assert BatchJob(rows(100), output).run(engine(pids)) == (2, 0)
    assert output.read_bytes() == expected
    assert len(list(pids.iterdir())) == 2


def test_the_output_is_the_same_where_a_worker_is_killed(cluster, tmp_path, expected):
    output = tmp_path / "out.jsonl"
    pids = tmp_path / "pids"
    pids.mkdir()
    killed = []

    def kill_one_at_work():
        part = output.with_name("out.jsonl.part")
        deadline = time.monotonic() + 300
        while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.01)
        victim = next(
            int(path.name) for path in pids.iterdir() if psutil.pid_exists(int(path.name))
        )
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    killer = threading.Thread(target=kill_one_at_work)
    killer.start()
    assert BatchJob(rows(100), output).run(engine(pids, pause_s=0.3)) == (2, 0)
    killer.join()
    assert killed
    assert len(list(pids.iterdir())) == 3, "another worker took the place of the killed one"
    assert output.read_bytes() == expected


def find_no_model():
    raise ModelError("no model here")


def test_workers_that_find_no_model_are_one_line(cluster, tmp_path):
    broken = RayEngine(find_no_model, model=None, info=None, workers=1)
    said = (
        r"^the workers of the Ray cluster: p4ir.errors.ModelError: no model here; nothing was done$"
    )
    with pytest.raises(EndpointError, match=said):
        BatchJob(rows(4), tmp_path / "out.jsonl").run(broken)
