"""The checker, a Streamlit application: `make app`.

Widgets only: whatever has to be decided is decided by a call into p4ir. One file a page
in `views/`; `shell.py` holds what they share, `components.py` the parts of our own.
"""

import os

# Threads that spin while they wait make a model thirty times slower on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import shell
import streamlit as st

st.set_page_config(page_title="p4ir", page_icon=str(shell.MARK), layout="wide")
st.logo(str(shell.LOGO), size="large")
shell.style()

page = st.navigation(
    [
        st.Page("views/interpret.py", title="Interpret", icon=":material/edit_note:", default=True),
        st.Page("views/check.py", title="Check", icon=":material/domain:"),
        st.Page("views/batch.py", title="Batch", icon=":material/stacks:"),
        st.Page("views/compare.py", title="Compare", icon=":material/difference:"),
        st.Page("views/runs.py", title="Runs", icon=":material/show_chart:"),
    ],
    position="top",
)
shell.header(page.title)
page.run()
shell.footer()
