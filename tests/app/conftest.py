import sys
from pathlib import Path

import pytest

streamlit = pytest.importorskip("streamlit", reason="streamlit is not installed")

from streamlit.testing.v1 import AppTest  # noqa: E402

from tests.batch.parrot import Parrot  # noqa: E402

APP = Path(__file__).parents[2] / "app"
TIMEOUT_S = 60


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of its own for all that the application keeps, and a model that parrots."""
    monkeypatch.setenv("P4IR_STORE", str(tmp_path / "reviews.db"))
    monkeypatch.setenv("P4IR_BATCHES", str(tmp_path / "batches"))
    monkeypatch.setenv("P4IR_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("P4IR_AUTHOR", "Ada")
    monkeypatch.delenv("P4IR_SERVER", raising=False)
    monkeypatch.syspath_prepend(str(APP))
    import shell

    monkeypatch.setattr(shell, "Interpreter", lambda adapter: Parrot())
    streamlit.cache_resource.clear()
    streamlit.cache_data.clear()
    # Streamlit's runner takes the place of `__main__` and leaves none behind.
    main = sys.modules["__main__"]
    yield tmp_path
    sys.modules["__main__"] = main
    for name in [name for name, module in sys.modules.items() if _is_of_app(module)]:
        del sys.modules[name]


@pytest.fixture
def open_page(home):
    """Open a page of the application by the name of its file."""

    def open_page(name):
        page = AppTest.from_file(str(APP / "main.py"), default_timeout=TIMEOUT_S)
        page.run()
        if name != "interpret":
            page.switch_page(f"views/{name}.py").run()
        assert not page.exception, page.exception
        return page

    return open_page


def _is_of_app(module):
    file = getattr(module, "__file__", None) or ""
    return file.startswith(str(APP))
