"""A server whose model is a parrot. `python -m tests.serve.parrot_server PAUSE_S QUEUE`."""

import os
import sys

from p4ir.engines.local import LocalEngine
from p4ir.serve.app import create_app
from p4ir.serve.guard import Limits
from p4ir.serve.server import end, run
from tests.serve.scholar import Scholar

if __name__ == "__main__":
    pause_s, queue = float(sys.argv[1]), int(sys.argv[2])
    app = create_app(
        LocalEngine(Scholar(batch_size=8, pause_s=pause_s)),
        batch_size=8,
        limits=Limits(queue=queue, timeout_s=20),
        token=os.environ.get("P4IR_TOKEN", ""),
    )
    run(
        app,
        host="127.0.0.1",
        port=0,
        grace_s=20,
        ready=lambda url: print(url, flush=True),
        stopping=lambda requests: print(f"answering {requests}", flush=True),
    )
    print("stopped")
    end()
