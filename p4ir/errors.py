"""Every error that p4ir raises on purpose.

Each child of `P4irError` is also the standard exception that it replaces, so that
callers may catch either. A message is one line: where, what was seen, what was
expected, what to do. The command line prints it and exits with `exit_status`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from p4ir.review.records import ReviewedRule


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, 300 characters at most, or else its name."""
    return str(error).strip().split("\n", 1)[0].rstrip()[:300] or type(error).__name__


class P4irError(Exception):
    """The root of all errors raised on purpose."""

    exit_status = 2


class RuleSyntaxError(P4irError, ValueError):
    """A text is not a rule in the notation that it was read as.

    `line` and `column` count from 1; `found` and `expected` are short phrases.
    """

    def __init__(self, *, line: int, column: int, found: str, expected: str) -> None:
        self.line, self.column, self.found, self.expected = line, column, found, expected
        super().__init__(f"line {line}, column {column}: found {found}, expected {expected}")


class RuleError(P4irError, ValueError):
    """A tree cannot be a rule: a forbidden label, too many nodes, too deep."""


class NotationError(P4irError, LookupError):
    """There is no notation of that name, or it cannot do what was asked."""


class CorpusError(P4irError, ValueError):
    """A corpus cannot be read. `problems` lists every bad row with its line and reason."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__(message)


class JsonTextError(P4irError, ValueError):
    """A text is no JSON, or JSON that can be read in more than one way."""


class FactsError(P4irError, ValueError):
    """The facts of a building cannot be read. `problems` lists all that is wrong with them."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__(message)


class ExtraError(P4irError, ImportError):
    """Something optional is not installed. The message says how to install it."""


class DocumentError(P4irError, ValueError):
    """A source document cannot be read.

    `columns` lists those of a table without a column of clauses; `needs_password` says
    that a password would open it.
    """

    def __init__(
        self, message: str, *, columns: tuple[str, ...] = (), needs_password: bool = False
    ) -> None:
        self.columns, self.needs_password = columns, needs_password
        super().__init__(message)


class RecipeError(P4irError, ValueError):
    """A recipe is wrong. The message lists all that is wrong with it."""


class ModelError(P4irError, RuntimeError):
    """A base model or an adapter is missing, damaged, or of another kind than was asked for."""


class TrainingError(P4irError, RuntimeError):
    """A training run cannot start or go on."""


class ReviewError(P4irError, ValueError):
    """A review cannot be made as asked: no such rule, a note is missing, no store is there."""


class StaleRuleError(ReviewError):
    """A save was made from a version that somebody has since replaced; nothing was written.

    `yours` is what was to be saved, with the version that it was made from; `theirs` is
    what the store holds now.
    """

    def __init__(self, yours: ReviewedRule, theirs: ReviewedRule) -> None:
        self.yours, self.theirs = yours, theirs
        super().__init__(
            f"{theirs.id}: version {yours.version} is out of date: {theirs.author} saved version "
            f"{theirs.version} at {theirs.changed_at:%Y-%m-%d %H:%M:%S} UTC "
            f"({theirs.status}: {theirs.rule_text}); yours was not saved "
            f"({yours.status}: {yours.rule_text}); look at theirs, then save anew"
        )


class StoreError(P4irError, OSError):
    """The review store cannot be read or written now; nothing half-written is left."""

    exit_status = 1


class OutputError(P4irError, OSError):
    """A result could not be written; nothing half-written is left."""

    exit_status = 1


class OutputExistsError(OutputError, FileExistsError):
    """What is to be written is there already, or was begun by another run."""

    exit_status = 2


class EndpointError(P4irError, ConnectionError):
    """An endpoint cannot be asked, or does not answer as it should.

    `scope` says whom that concerns: this `request` alone, everything that the `endpoint`
    would be asked, or `unknown`: either.
    """

    def __init__(
        self, message: str, *, scope: Literal["request", "endpoint", "unknown"] = "endpoint"
    ) -> None:
        self.scope = scope
        super().__init__(message)


class ServeError(P4irError, RuntimeError):
    """A server cannot be started."""
