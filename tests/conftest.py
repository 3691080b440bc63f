import os

# Read when huggingface_hub is imported: no test may look for a network.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
# Threads only wait for each other over models as small as those of the tests.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from tests.completions import spell_out


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Keep every test away from the user's own cache."""
    os.environ["P4IR_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def tiny_adapter(tmp_path_factory):
    """The folder of an adapter that the tiny recipe made; it writes compact LRML, badly."""
    from p4ir.cli import main

    output = tmp_path_factory.mktemp("runs") / "tiny"
    assert main(["train", "sft", "sft/tiny", "--set", f"output={output}"]) == 0
    return output / "adapter"


@pytest.fixture
def model_writes(monkeypatch):
    """Let any model write what a function of the clause returns, a token for each character."""

    def install(write, **more):
        def search(model, tokenizer, prompts, **options):
            for place, prompt in enumerate(prompts):
                yield place, [spell_out(write(prompt.strip()), **more)]

        monkeypatch.setattr("p4ir.inference.interpreter.search", search)

    return install
