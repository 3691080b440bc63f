import json

import pytest

from p4ir.cli import main
from p4ir.grpo.guard import probes
from tests.grpo.learning import learn_letters

LESSON = "A hoist shall be at least 2 m wide."


def ask_few_probes(patch=setattr):
    """Have the guard ask a sixth of the probes."""
    from p4ir.grpo.guard import watch

    some = probes.load_probes()[::6]
    patch(watch, "load_probes", lambda: some)


def arguments(output, *settings):
    """Return the command line of a short run with few tokens."""
    pairs = [
        "rewards={tree_similarity: 1}", "min_spread=0", "validation.limit=1",
        "validation.max_new_tokens=4", "trainer.num_generations=4", f"output={output}", *settings,
    ]  # fmt: skip
    return ["train", "grpo", "grpo/tiny", *(part for pair in pairs for part in ("--set", pair))]


def one_shot(folder):
    """Return the setting of a corpus with one clause many times, under as many ids."""
    rule = "if(exist(hoist)),then(obligation(greaterThanEqual(hoist.width,2 m)))"
    rows = [
        {"id": f"{split}-{n}", "clause": LESSON, "rule": rule, "split": split}
        for split in ("train", "validation")
        for n in range(4)
    ]
    corpus = folder / "one.jsonl"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"corpus.path={corpus}"


@pytest.fixture
def train(tmp_path, monkeypatch):
    """Train the tiny model on letters; return the exit status and the run's folder."""
    learn_letters(monkeypatch.setattr, monkeypatch.setitem)
    ask_few_probes(monkeypatch.setattr)

    def run(*settings, name="run"):
        output = tmp_path / name
        return main(arguments(output, *settings)), output

    return run


def read_report(folder):
    return json.loads((folder / "guard.json").read_text())


def read_weights(folder):
    from safetensors.torch import load_file

    weights = load_file(folder / "adapter_model.safetensors")
    return {name: tensor.float() for name, tensor in weights.items()}
