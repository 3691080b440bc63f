"""What is checked with what: rules and a building, each from where the user has them."""

from pathlib import Path

import shell
import streamlit as st

from p4ir.check.facts import Building
from p4ir.check.sources import IFC_ENDINGS, Rules, approved_rules, read_facts, rules_of_file
from p4ir.check.typed import COLUMNS, building_of_rows
from p4ir.counting import counted

SAMPLES = Path(__file__).parents[1] / "data" / "buildings"
SHOWN_BAD = 5
_SAMPLES = {
    f"{name}{ending}": title + more
    for name, title in (
        ("house", "Small house"),
        ("office", "Two-storey office"),
        ("school", "School floor"),
    )
    for ending, more in ((".json", ""), (".ifc", " (IFC model)"))
}
_ROWS = [
    {"element": "D1", "type": "door", "property": "clearWidth", "value": "800 mm"},
    {"element": "D1", "type": "door", "property": "within", "value": "Corridor"},
    {"element": "Corridor", "type": "corridor", "property": "width", "value": "1100 mm"},
]


def choose_rules() -> Rules:
    """Let the user choose the rules."""
    approved = approved_rules(shell.store())
    names = {
        "approved": f"Approved rules ({len(approved.entries)})",
        "sample": "Sample rules",
        "file": "A file",
    }
    source = st.segmented_control(
        "Rules",
        list(names),
        default="approved" if approved.entries else "sample",
        required=True,
        format_func=names.get,
        key="check_rules",
        persist_state="session",
    )
    if source == "approved":
        return _of_documents(approved)
    if source == "sample":
        return _rules((SAMPLES / "rules.jsonl").read_bytes(), "rules.jsonl")
    endings = (".jsonl", ".json", ".xml", ".lrml", ".txt", ".py")
    file = shell.uploader("File of rules", endings, key="check_rules_file")
    return _rules(file.getvalue(), file.name) if file is not None else Rules([], [])


def _of_documents(approved: Rules) -> Rules:
    if not approved.entries:
        st.caption("No rule is approved yet. Approve some on the page Interpret.")
    documents = sorted({entry.document for entry in approved.entries})
    if len(documents) < 2:
        return approved
    chosen = st.multiselect("Documents", documents, placeholder="all", key="check_documents")
    entries = [entry for entry in approved.entries if not chosen or entry.document in chosen]
    others = len(approved.entries) - len(entries)
    said = (counted(others, "rule of other documents"),) if others else ()
    return Rules(entries, [], (*approved.left_out, *said))


def _rules(data: bytes, name: str) -> Rules:
    rules = rules_of_file(data, name)
    for bad in rules.bad[:SHOWN_BAD]:
        st.warning(shell.plain(f"line {bad.line}: {bad.reason}"))
    if len(rules.bad) > SHOWN_BAD:
        st.warning(f"{len(rules.bad) - SHOWN_BAD} more rules cannot be read.")
    st.caption(counted(len(rules.entries), "rule"))
    return rules


def choose_building() -> Building | None:
    """Let the user choose a building, or type one in."""
    names = {"sample": "A sample", "file": "A file", "typed": "Type it in"}
    source = st.segmented_control(
        "Building",
        list(names),
        default="sample",
        required=True,
        format_func=names.get,
        key="check_building",
        persist_state="session",
    )
    if source == "sample":
        name = st.selectbox(
            "Sample",
            list(_SAMPLES),
            index=list(_SAMPLES).index("office.json"),
            format_func=_SAMPLES.get,
            key="check_sample",
            persist_state="session",
            label_visibility="collapsed",
        )
        return _sample(str(SAMPLES / name))
    return _uploaded() if source == "file" else _typed()


@st.cache_data(show_spinner=False)
def _sample(path: str) -> Building:
    is_ifc = Path(path).suffix in IFC_ENDINGS
    return read_facts(path, str(SAMPLES / "mapping.yaml") if is_ifc else None)


def _uploaded() -> Building | None:
    file = shell.uploader(
        "Facts (JSON) or model (IFC)", (".json", *sorted(IFC_ENDINGS)), key="check_building_file"
    )
    if file is None:
        return None
    mapping = None
    if Path(file.name).suffix.lower() in IFC_ENDINGS:
        mapping = shell.uploader(
            "Mapping (YAML), where yours differs", (".yaml", ".yml"), key="check_mapping"
        )
    with st.spinner("Reading the building …"):
        building = _read(file.getvalue(), file.name, mapping.getvalue() if mapping else None)
    st.caption(f"{len(building.elements)} elements")
    return building


@st.cache_data(show_spinner=False, max_entries=8)
def _read(data: bytes, name: str, mapping: bytes | None) -> Building:
    with shell.as_file(data, name) as path, shell.as_file(mapping or b"", "mapping.yaml") as own:
        return read_facts(str(path), str(own) if mapping else None)


def _typed() -> Building | None:
    rows = st.data_editor(
        _ROWS,
        num_rows="dynamic",
        key="typed_facts",
        column_config={
            "element": st.column_config.TextColumn("Element", help="Its name, such as D1"),
            "type": st.column_config.TextColumn("Is a", help="As the rules call it: door, stair"),
            "property": st.column_config.TextColumn(
                "Property", help="As the rules call it, or a relation to another element"
            ),
            "value": st.column_config.TextColumn(
                "Value", help="With its unit, such as 850 mm; a word; yes or no; an element"
            ),
        },
        column_order=COLUMNS,
        width="stretch",
    )
    return building_of_rows(rows)
