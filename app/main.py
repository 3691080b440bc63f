"""The checker, a Streamlit application: `make app`.

Widgets only: whatever has to be decided is decided by a call into p4ir. One file a page
in `pages/`; `shell.py` holds what they share, `components.py` the parts of our own.
"""

import streamlit as st

import shell

st.set_page_config(page_title="p4ir", page_icon=":material/gavel:", layout="wide")
shell.style()

page = st.navigation(
    [
        st.Page("pages/interpret.py", title="Interpret", icon=":material/edit_note:", default=True),
        st.Page("pages/check.py", title="Check", icon=":material/domain:"),
        st.Page("pages/batch.py", title="Batch", icon=":material/stacks:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/difference:"),
        st.Page("pages/runs.py", title="Runs", icon=":material/show_chart:"),
    ],
    position="top",
)
shell.header(page.title)
page.run()
shell.footer()
