"""Training runs: what they are, and their curves, also while they train."""

import altair as alt
import pandas as pd
import shell
import streamlit as st

from p4ir.evaluation.figures import label
from p4ir.training.curves import GROUPS, RunSummary, choose, list_runs, read_curves, summarize

_SIGNS = {
    "finished": ":green-badge[finished]",
    "running": ":blue-badge[training now]",
    "stopped": ":gray-badge[stopped]",
}
_EVERY_S = 5


def page() -> None:
    default = shell.folder("P4IR_RUNS", "runs")
    folder = st.text_input(
        "Folder of runs", str(default), key="runs_folder", persist_state="session"
    )
    path = default.__class__(folder).expanduser()
    runs = []
    if path.is_dir():
        with shell.errors_shown():
            runs = list_runs(path)
    if not runs:
        shell.empty(
            "show_chart",
            "No runs here yet",
            "A run appears here as soon as it has begun, wherever it was started. "
            "The smallest takes seconds:",
        )
        st.code(f"p4ir train sft sft/tiny --set output={path / 'first'}", language="bash")
        return
    by_name = {run.name: run for run in runs}
    names = st.multiselect(
        "Runs",
        list(by_name),
        default=list(by_name)[:1],
        key="runs_shown",
        placeholder="Choose one or several to lay over each other",
    )
    chosen = [by_name[name] for name in names]
    if not chosen:
        shell.empty("touch_app", "Choose a run", "Several runs are drawn over each other.")
        return
    is_live = any(run.state == "running" for run in chosen)
    st.fragment(_curves, run_every=_EVERY_S if is_live else None)(chosen, is_live)


def _curves(runs: list[RunSummary], was_live: bool) -> None:
    """Draw the curves as they are now; once no run trains any more, the page runs anew."""
    runs = [summarize(run.folder) for run in runs]
    if was_live and not any(run.state == "running" for run in runs):
        st.rerun()
    for run in runs:
        _about(run)
    curves = {run.name: read_curves(run.folder) for run in runs}
    known = sorted({name for of_run in curves.values() for name in of_run})
    if not known:
        soon = " The page looks again every few seconds." if was_live else ""
        st.info(f"Nothing has been logged yet.{soon}")
    else:
        st.caption("All curves are by optimizer steps.")
    for group in GROUPS:
        names = choose(known, group)
        if not names:
            continue
        st.subheader(group.title, anchor=False)
        columns = st.columns(3)
        for place, name in enumerate(names):
            with columns[place % 3]:
                _chart(name, {run: of_run.get(name, []) for run, of_run in curves.items()})


def _about(run: RunSummary) -> None:
    facts = [
        run.stage.upper() or "stage unknown",
        shell.plain(run.model),
        f"{run.clauses} clauses" if run.clauses else "",
        f"began {run.started:%d %b %Y, %H:%M} UTC" if run.started else "",
    ]
    said = " · ".join(fact for fact in facts if fact)
    st.markdown(f"**{shell.plain(run.name)}** {_SIGNS[run.state]} {said}")


def _chart(name: str, curves: dict[str, list]) -> None:
    rows = [
        {"run": run, "step": point.step, "value": point.value}
        for run, points in curves.items()
        for point in points
    ]
    metric = name.rpartition("/")[2]
    title = name.removeprefix("train/").removeprefix("eval/").replace(metric, label(metric))
    title = ("validation " * name.startswith("eval/") + title).replace("_", " ")
    height = 190 if len(curves) == 1 else 290  # a legend takes its part
    chart = (
        alt.Chart(pd.DataFrame(rows), title=title, height=height)
        .mark_line(point=len(rows) < 30, strokeWidth=2)
        .encode(
            x=alt.X(
                "step:Q",
                title=None,
                scale=alt.Scale(domainMin=0),
                axis=alt.Axis(format="d", tickMinStep=1, tickCount=5),
            ),
            y=alt.Y(
                "value:Q",
                title=None,
                scale=alt.Scale(zero=False),
                axis=alt.Axis(format=".3~g", tickCount=5),
            ),
            color=alt.Color(
                "run:N",
                legend=alt.Legend(orient="bottom", title=None),
                scale=alt.Scale(domain=list(curves)),  # a run has one colour in all charts
            )
            if len(curves) > 1
            else alt.value(st.get_option("theme.primaryColor") or "#3f86c4"),
            tooltip=["run", "step", alt.Tooltip("value:Q", format=".4g")],
        )
    )
    st.altair_chart(chart, width="stretch")


page()
