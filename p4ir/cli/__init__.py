"""The command line: one file per verb, loaded only when it is called."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from importlib import import_module

from p4ir import __version__
from p4ir.cli.arguments import Parser
from p4ir.cli.stopping import TerminatedError
from p4ir.errors import P4irError, first_line

VERBS = {
    "interpret": "turn clauses into rules",
    "batch": "turn a file or folder of clauses into rules, resumably",
    "baseline": "ask any OpenAI-compatible model for rules, with examples",
    "serve": "offer rules over HTTP",
    "score": "score predicted rules against reference rules",
    "evaluate": "interpret and score a corpus, with a report",
    "compare": "compare systems on the same clauses",
    "convert": "write rules in another notation",
    "check": "check a building against rules",
    "review": "review rules: import, correct, approve, export",
    "train": "tune a model: sft, grpo",
    "compare-methods": "compare methods of stage two on the same budget",
    "model": "base models and adapters: pull, list, info",
    "corpus": "check and describe a corpus",
}

_QUIET = {
    "TRANSFORMERS_VERBOSITY": "error",
    "DATASETS_VERBOSITY": "error",
    "HF_HUB_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TORCH_CPP_LOG_LEVEL": "ERROR",
    "TRL_EXPERIMENTAL_SILENCE": "1",
}
"""Keeps libraries from talking to their developers over our users' shoulders."""


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    debug = "--debug" in arguments
    # Threads that spin while they wait make a model thirty times slower on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if not debug:
        warnings.simplefilter("ignore")
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
    try:
        status = _run([argument for argument in arguments if argument != "--debug"])
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            raise
        _drop_stdout()
        return _explain(error)
    return status


def _explain(error: BaseException) -> int:
    """Say in one line what went wrong and return the exit status."""
    if isinstance(error, BrokenPipeError):
        # The reader went away (`p4ir … | head`): nothing more to say to anybody.
        return 128 + signal.SIGPIPE
    said, status = str(error), 1
    if isinstance(error, KeyboardInterrupt):
        was_told = isinstance(error, TerminatedError)
        said = f"{'terminated' if was_told else 'interrupted'}; {said}".removesuffix("; ")
        status = 128 + (signal.SIGTERM if was_told else signal.SIGINT)
    elif isinstance(error, P4irError):
        status = error.exit_status
    elif isinstance(error, MemoryError):
        said = "out of memory"
    elif not isinstance(error, OSError):
        said = f"unexpected {type(error).__name__}: {first_line(error)} (--debug shows where)"
    print(f"p4ir: {said or type(error).__name__}", file=sys.stderr)
    return status


def _drop_stdout() -> None:
    """Forget what stdout cannot take, lest Python complain of it again at its exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    parser = Parser(
        prog="p4ir",
        description="From clauses of building codes to rules that a computer can check.",
        epilog="Rules are drafts for expert review. `p4ir VERB --help` says more; --debug shows "
        "tracebacks.",
    )
    parser.add_argument("--version", action="version", version=f"p4ir {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    # Only the verb that is called is loaded: help and start-up stay instant.
    called = next((a for a in arguments if not a.startswith("-")), None)
    modules = {}
    for verb, summary in VERBS.items():
        sub = verbs.add_parser(verb, help=summary)
        if verb == called:
            modules[verb] = import_module(f"p4ir.cli.{verb.replace('-', '_')}")
            sub.description = modules[verb].HELP
            modules[verb].add_arguments(sub)
    args = parser.parse_args(arguments)
    return int(modules[args.verb].run(args))
