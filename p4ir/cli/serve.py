"""`p4ir serve`: rules over HTTP."""

from __future__ import annotations

import argparse
import os
import sys

from p4ir.cli.arguments import add_batch_size, add_decoding, add_model, decoding, positive, seconds
from p4ir.counting import counted

HELP = (
    "Offer /interpret, /check and /score over HTTP, described at /docs; clauses of all clients go "
    "to the model in common batches. Where P4IR_TOKEN is set, clients have to send it as a bearer "
    "token. SIGTERM ends the server once it has answered what it has begun."
)
TOKEN = "P4IR_TOKEN"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address (default: 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=8000, help="port; 0 takes a free one (default: 8000)"
    )
    add_model(parser)
    add_decoding(parser)
    add_batch_size(parser)
    parser.add_argument(
        "--queue",
        type=positive,
        metavar="N",
        default=256,
        help="most clauses that wait; more are turned away with 429 (default: 256)",
    )
    parser.add_argument(
        "--requests",
        type=positive,
        metavar="N",
        default=512,
        help="most requests at the same time (default: 512)",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        default=120.0,
        help="longest time for a request, in seconds (default: 120)",
    )
    parser.add_argument(
        "--max-body",
        type=positive,
        metavar="MB",
        default=8,
        help="longest body of a request, in megabytes (default: 8)",
    )


def run(args: argparse.Namespace) -> int:
    """Load the model, then serve."""
    from p4ir.errors import ServeError

    try:
        from p4ir.serve.app import create_app, warm_up
        from p4ir.serve.guard import Limits
        from p4ir.serve.server import end
        from p4ir.serve.server import run as serve
    except ModuleNotFoundError as error:
        raise ServeError(
            f"{error.name} is not installed: serving is an extra: pip install 'p4ir[serve]'"
        ) from None
    from p4ir.cli.terminal import announce
    from p4ir.engines.local import LocalEngine
    from p4ir.inference.interpreter import Interpreter

    interpreter = Interpreter(
        args.model, args.adapter, batch_size=args.batch_size, **decoding(args)
    )
    announce(interpreter)
    token = os.environ.get(TOKEN, "").strip()
    limits = Limits(
        queue=args.queue,
        requests=args.requests,
        body_bytes=args.max_body * 2**20,
        timeout_s=args.timeout,
    )
    engine = LocalEngine(interpreter)
    app = create_app(
        engine,
        batch_size=args.batch_size,
        limits=limits,
        token=token,
        clause_s=warm_up(engine),
    )

    def ready(address: str) -> None:
        print(f"p4ir: {greeting(address, token)}", file=sys.stderr, flush=True)

    serve(
        app,
        host=args.host,
        port=args.port,
        grace_s=args.timeout,
        ready=ready,
        stopping=_say_farewell,
    )
    print("p4ir: stopped", file=sys.stderr)
    end()


def greeting(address: str, token: str) -> str:
    """Say where the server is, for whom, and where it is described."""
    if token:
        # A browser cannot send the token, so /docs would be refused.
        return f"{address}, for those with the token; described at /openapi.json"
    return (
        f"{address}, for anybody who can reach it ({TOKEN} is not set); described at "
        "/openapi.json, and at /docs for browsers with the internet"
    )


def _say_farewell(requests: int) -> None:
    if requests:
        print(f"p4ir: {farewell(requests)}", file=sys.stderr, flush=True)


def farewell(requests: int) -> str:
    """Say what a server that was told to stop does first."""
    return f"answering {counted(requests, 'request')}; Ctrl-C again ends at once"
