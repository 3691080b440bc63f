"""A batch job: some rows, an engine, and an output with exactly one result a row.

Results go to `OUT.part`, each as soon as it is there, and the output gets its name when it
is complete. A job that was killed finds its part and goes on behind it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from p4ir.batch.output import finish, prepare
from p4ir.batch.part import Part
from p4ir.batch.progress import track
from p4ir.batch.rows import Rows
from p4ir.counting import counted
from p4ir.engines.engine import Engine
from p4ir.errors import CorpusError, EndpointError, OutputError, OutputExistsError
from p4ir.inference.interpretation import refused, to_json_object

OUTPUT_SUFFIXES = (".jsonl", ".ndjson", ".parquet")


class Tally(NamedTuple):
    """What came of the rows."""

    failed: int
    """Rows without a rule."""
    mended: int
    """Rules that had to be mended."""


class BatchJob:
    """Some rows, one output, and how far it has come.

    Raises:
        CorpusError: the output's name has an ending that nothing is written as.
        OutputExistsError: the output exists, or its part belongs to another input.
        OutputError: the output cannot be written.
    """

    def __init__(self, rows: Rows, output: Path, overwrite: bool = False) -> None:
        self.rows, self.output, self._anew = rows, output, overwrite
        path = output.with_name(output.name + ".part")
        # Beside an output, a part is that of a job which was told to replace it.
        is_told = overwrite or path.exists()
        # A folder or a device (/dev/stdout) is never replaced.
        is_other = output.exists() and not output.is_file()
        if is_other or (output.exists() and not is_told):
            advice = "give another name" if is_other else "give --overwrite to replace it"
            raise OutputExistsError(f"{output} exists: {advice}")
        if output.suffix.lower() not in OUTPUT_SUFFIXES:
            kinds = ", ".join(OUTPUT_SUFFIXES)
            raise CorpusError(f"{output}: an output ends in {kinds}, not {output.suffix!r}")
        if not os.access(output.parent, os.W_OK):
            why = "is no folder that can be written to"
            raise OutputError(f"{output}: {output.parent} {why}")
        if overwrite:
            path.unlink(missing_ok=True)
        prepare(output)
        self.part = Part(path, rows)

    def run(self, engine: Engine, notation: str = "lrml") -> Tally:
        """Interpret the rows that are left."""
        try:
            self._interpret(engine, notation)
            finish(self.part.path, self.output)
            return Tally(self.part.failed, self.part.mended)
        except KeyboardInterrupt as stop:
            raise type(stop)(self.kept()) from None
        except EndpointError as error:
            raise EndpointError(f"{error}; {self.kept()}", scope=error.scope) from error
        except OutputError:
            raise
        except OSError as error:
            raise OutputError(
                f"{self.output} could not be written: {error.strerror or error}; {self.kept()}"
            ) from error

    def kept(self) -> str:
        """Say how far the job has come and how to go on."""
        if not self.part.done:
            return "nothing was done"
        return (
            f"{self.part.done} of {counted(len(self.rows), 'row')} are kept in "
            f"{self.part.path.name}, the same command{' without --overwrite' * self._anew} "
            "goes on from there"
        )

    def _interpret(self, engine: Engine, notation: str) -> None:
        part = self.part
        with part.opened() as left, track(len(self.rows), part.done) as advance:
            part.check_maker(to_json_object(refused("", ""), "", engine, notation))
            for row, result in engine.stream(left, advance):
                found = to_json_object(result, row.id, engine, notation)
                part.write({**found, **row.origin})
