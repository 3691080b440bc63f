"""A batch job: some rows, an engine, and an output with exactly one result a row.

Results go to `OUT.part`, each as soon as it is there, and the output gets its name when it
is complete. A job that was killed finds its part and goes on behind it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from p4ir.batch.output import finish, prepare
from p4ir.batch.part import Part
from p4ir.batch.progress import track
from p4ir.batch.rows import BatchRow, Rows
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
        self._refuse_existing(is_begun=path.exists() and path.stat().st_size > 0)
        if output.suffix.lower() not in OUTPUT_SUFFIXES:
            kinds = ", ".join(OUTPUT_SUFFIXES)
            raise CorpusError(f"{output}: an output ends in {kinds}, not {output.suffix!r}")
        if not os.access(output.parent, os.W_OK):
            why = "is no folder that can be written to"
            raise OutputError(f"{output}: {output.parent} {why}")
        prepare(output)
        self.part = Part(path, rows, overwrite)

    def run(self, engine: Engine, notation: str = "lrml") -> Tally:
        """Interpret the rows that are left.

        Args:
            engine: what writes the rules.
            notation: what they are written in.
        """
        # Only what asks an endpoint may be shown examples.
        known = {
            "adapter_sha256": engine.info.sha256 if engine.info else None,
            "examples_sha256": getattr(engine, "examples_sha256", None),
        }
        digests = {key: value for key, value in known.items() if value}
        try:
            with self.part.opened() as left:
                # What another process did in the meantime.
                self._refuse_existing(is_begun=bool(self.part.done))
                self._interpret(left, engine, notation, digests)
                self.part.sync()
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

    def _refuse_existing(self, *, is_begun: bool) -> None:
        """Refuse an output that exists, unless it is to be replaced.

        Beside an output, a part with results is that of a job which was told to replace it.
        """
        # A folder or a device (/dev/stdout) is never replaced.
        is_other = self.output.exists() and not self.output.is_file()
        if is_other or (self.output.exists() and not self._anew and not is_begun):
            advice = "give another name" if is_other else "give --overwrite to replace it"
            raise OutputExistsError(f"{self.output} exists: {advice}")

    def _interpret(
        self, left: Iterator[BatchRow], engine: Engine, notation: str, digests: Mapping[str, str]
    ) -> None:
        part = self.part
        part.check_maker({**to_json_object(refused("", ""), "", engine, notation), **digests})
        with track(len(self.rows), part.done) as advance:
            for row, result in engine.stream(left, advance):
                found = to_json_object(result, row.id, engine, notation)
                part.write({**found, **digests, **row.origin})
