"""Systems on the same clauses: the figures of the report, and clause by clause."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import components
import numpy as np
import shell
import streamlit as st

from p4ir.batch.background import list_batches
from p4ir.corpus.reading import choose_split, read_corpus
from p4ir.corpus.records import Record
from p4ir.corpus.tables import SUFFIXES
from p4ir.evaluation import sections
from p4ir.evaluation.baselines import BASELINES
from p4ir.evaluation.blocks import MarkKey
from p4ir.evaluation.compare import Comparison, compare
from p4ir.evaluation.confidence import confidence
from p4ir.evaluation.distributions import distributions
from p4ir.evaluation.html import write_blocks, write_html
from p4ir.evaluation.lengths import lengths
from p4ir.evaluation.report import TITLE, build_report
from p4ir.evaluation.systems import System, align, load_system, read_predictions, system_of
from p4ir.inference.turns import interpret_in_turns

OPEN_CORPUS = Path(__file__).parents[2] / "data" / "corpus"
_SEED = 0
_CLAUSES = "Clause by clause"


def page() -> None:
    with st.container(border=True), shell.errors_shown():
        _form()
    comparison = st.session_state.get("comparison")
    if comparison is None:
        shell.empty(
            "difference",
            "Nothing compared yet",
            "Choose a corpus with reference rules, and two or more systems: adapters, baselines, "
            "or files of predictions with the columns id and rule. The first is what the others "
            "are compared with.",
        )
        return
    _results(comparison, st.session_state.compared_on)


def _form() -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        corpus, name = _corpus()
        splits = sorted({record.split for record in corpus if record.split})
        split = None
        if splits:
            start = splits.index("validation") if "validation" in splits else 0
            split = st.selectbox("Split", splits, index=start, key="compare_split")
        records = choose_split(corpus, split, name) if split else corpus
        st.caption(f"{len(records)} clauses with reference rules")
    with right:
        batches = {f"{batch.name} · {batch.id}": batch for batch in _finished_batches()}
        chosen, files = _choose_systems([*BASELINES, *shell.adapters(), *batches])
    if not st.button("Compare", type="primary", icon=":material/difference:", key="compare_go"):
        return
    if not chosen and not files:
        st.info("Choose at least one system.")
        return
    examples = [record for record in corpus if record.split != split]
    with shell.at_work():
        systems = [_system(each, records, examples, batches) for each in chosen]
    systems += [_uploaded(file.name, file.getvalue()) for file in files]
    with st.spinner("Comparing …"):
        answers = [align(system, records) for system in systems]
        rng = np.random.default_rng(_SEED)
        st.session_state.comparison = compare(records, answers, rng=rng)
        st.session_state.compared_on = f"{name}, split {split}" if split else name


def _choose_systems(names: list[str]) -> tuple[list[str], list]:
    chosen = st.multiselect(
        "Systems",
        names,
        default=names[:1],
        key="compare_systems",
        persist_state="session",
        help="Baselines and adapters are run over the clauses: an adapter takes some seconds "
        "a clause on a small machine. Finished batches are taken as they are.",
    )
    files = st.file_uploader(
        "Files of predictions",
        type=[suffix.removeprefix(".") for suffix in SUFFIXES],
        accept_multiple_files=True,
        max_upload_size=shell.MAX_UPLOAD_MB,
        key="compare_files",
    )
    return chosen, files


def _corpus() -> tuple[list[Record], str]:
    file = shell.uploader(
        "Corpus with reference rules",
        SUFFIXES,
        key="compare_corpus",
        help="Columns clause and rule, and split, id and document where there are such.",
    )
    if file is None:
        st.caption("Until you give one: the project's open corpus.")
        return _read(str(OPEN_CORPUS)), "open corpus"
    with shell.as_file(file.getvalue(), file.name) as path:
        return read_corpus(path, how=shell.RENAME), file.name


@st.cache_data(show_spinner=False)
def _read(path: str) -> list[Record]:
    return read_corpus(path)


def _finished_batches():
    batches = list_batches(shell.folder("P4IR_BATCHES", "batches"))
    return [batch for batch in batches if batch.rules.exists()]


def _system(name, records, examples, batches) -> System:
    if name in batches:
        return read_predictions(batches[name].rules, name)
    if name not in shell.adapters():
        with st.spinner(f"Running {name} …"):
            return load_system(name, records, examples, progress=_bar)
    model = shell.interpreter(name)
    found = []
    with _bar(len(records), f"clauses by {name}") as advance:
        for some in interpret_in_turns(model, [record.clause for record in records], shell.turn()):
            found += some
            advance(len(some))
    return system_of(name, records, found)


@contextmanager
def _bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Show how much is done, as `p4ir.batch.progress.track` does on a terminal.

    What the user asks for meanwhile, and the end of the application, stop the work there.
    """
    done = 0
    bar = st.progress(0.0, f"0 of {total} {what}")

    def advance(more: int) -> None:
        nonlocal done
        done += more
        bar.progress(done / total, f"{done} of {total} {what}")

    yield advance
    bar.empty()


def _uploaded(name: str, data: bytes) -> System:
    with shell.as_file(data, name) as path:
        return read_predictions(path)


def _results(comparison: Comparison, corpus: str) -> None:
    def rng() -> np.random.Generator:
        return np.random.default_rng(_SEED)

    parts = {
        "Summary": lambda: [*sections.summary(comparison), *sections.notes(comparison)],
        "Figures": lambda: sections.means(comparison),
        "Differences": lambda: sections.differences(comparison),
        "Distributions": lambda: [
            *distributions(comparison),
            *lengths(comparison, rng()),
        ],
        "Errors": lambda: sections.errors(comparison),
        "Confidence": lambda: confidence(comparison, rng()),
    }
    if not comparison.pairs:
        del parts["Differences"]
    if not any(any(system.answers.confidences) for system in comparison.systems):
        del parts["Confidence"]
    view = st.segmented_control(
        "Part",
        [*parts, _CLAUSES],
        default="Figures",
        required=True,
        key="compare_view",
        label_visibility="collapsed",
    )
    if view == _CLAUSES:
        _clauses(comparison)
    else:
        components.blocks(write_blocks(parts[view]()), key=f"blocks-{view}")
    st.download_button(
        "Report (HTML)",
        lambda: write_html(TITLE, build_report(comparison, corpus=corpus, rng=rng())),
        "comparison.html",
        "text/html",
        icon=":material/download:",
        on_click="ignore",
        key="compare_report",
    )


def _clauses(comparison: Comparison) -> None:
    last = comparison.systems[-1]
    if comparison.pairs:
        changes = comparison.pairs[-1].changes()
        orders = {"gained": np.argsort(changes), "lost": np.argsort(-changes)}
    else:
        distances = last.column("nted")
        orders = {"furthest": np.argsort(-distances), "nearest": np.argsort(distances)}
    left, right = st.columns([3, 10], gap="medium")
    with left:
        order = st.segmented_control(
            "Order",
            list(orders),
            default=next(iter(orders)),
            required=True,
            key="compare_order",
            label_visibility="collapsed",
        )
        places = [int(place) for place in orders[order]]
        ids = [comparison.records[place].id for place in places]
        chosen = st.session_state.get("compared_clause")
        if chosen not in ids:
            chosen = ids[0]
        items = [
            {
                "id": comparison.records[place].id,
                "title": comparison.records[place].id,
                "text": comparison.records[place].clause,
                "tone": "plain",
                "note": f"nTED {last.scores[place].nted:.2f}",
            }
            for place in places
        ]
        with st.container(height=640, border=True):
            components.queue(items, chosen, _choose, key="compare-queue")
    with right:
        place = places[ids.index(chosen)]
        card = sections.clause_card(comparison, place, comparison.systems)
        components.blocks(write_blocks([card, MarkKey()]), key="blocks-clause")


def _choose(identifier: str) -> None:
    st.session_state.compared_clause = identifier


page()
