"""The command line: one file per verb, loaded only when it is called."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import warnings
from importlib import import_module

from p4ir import __version__
from p4ir.errors import P4irError

VERBS = {
    "interpret": "turn clauses into rules",
    "batch": "turn a file of clauses into rules, resumably",
    "score": "score predicted rules against reference rules",
    "evaluate": "interpret and score a corpus, with a report",
    "compare": "compare systems on the same clauses",
    "convert": "write rules in another notation",
    "train": "tune a model: sft",
    "model": "base models and adapters: pull, list, info",
    "corpus": "check and describe a corpus",
}


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    debug = "--debug" in arguments
    if not debug:
        warnings.simplefilter("ignore")  # libraries' notes to developers
    try:
        status = _run([argument for argument in arguments if argument != "--debug"])
        sys.stdout.flush()
    except P4irError as error:
        if debug:
            raise
        print(f"p4ir: {str(error) or type(error).__name__}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        if debug:
            raise
        print("p4ir: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader went away (`p4ir … | head`): nothing more to say to anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        if debug:
            raise
        print(f"p4ir: {str(error) or type(error).__name__}", file=sys.stderr)
        return 1
    return status


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
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
            modules[verb] = import_module(f"p4ir.cli.{verb}")
            sub.description = modules[verb].HELP
            modules[verb].add_arguments(sub)
    args = parser.parse_args(arguments)
    return int(modules[args.verb].run(args))
