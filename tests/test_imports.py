"""What loads when: the light parts stay light."""

import subprocess
import sys

import pytest


def loaded(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    ).stderr


@pytest.mark.parametrize(
    "code",
    [
        "import p4ir.rules, p4ir.metrics, p4ir.corpus, p4ir.corpus.reading",
        "import p4ir.review, p4ir.documents",
        "from p4ir import ServedInterpreter",
        "import p4ir.metrics.scoring, p4ir.metrics.false_positives, p4ir.rules.grounding",
        "from p4ir import parse_rule, tree_edit_distance; parse_rule('if(a),then(b)')",
    ],
)
def test_rules_metrics_and_corpus_load_neither_torch_nor_transformers(code):
    modules = loaded(code)
    for heavy in ("torch", "transformers", "datasets", "peft", "trl", "matplotlib", "pint"):
        assert f"| {heavy}\n" not in modules.replace("  ", "")
        assert f" {heavy}\n" not in modules


def test_checking_loads_neither_a_model_nor_what_is_optional():
    modules = loaded("import p4ir.check, p4ir.check.ifc, p4ir.check.ids, p4ir.check.bcf")
    for heavy in ("torch", "transformers", "ifcopenshell", "ifctester", "bcf", "pint"):
        assert f" {heavy}\n" not in modules


def test_help_loads_no_numbers_at_all():
    modules = loaded("import sys; sys.argv = ['p4ir', '--version']\ntry:\n"
                     "    from p4ir.cli import main; main()\nexcept SystemExit: pass")  # fmt: skip
    for heavy in ("numpy", "numba", "torch", "rich", "lxml", "yaml"):
        assert f" {heavy}\n" not in modules


@pytest.mark.parametrize("setting", ["modle=x", "seed=zero", "validation.every=0"])
@pytest.mark.parametrize("stage", ["sft", "grpo"])
def test_a_bad_recipe_is_refused_before_torch_is_loaded(stage, setting):
    command = ["train", stage, f"{stage}/tiny", "--set", setting]
    modules = loaded(f"from p4ir.cli import main; assert main({command}) == 2")
    for heavy in ("torch", "transformers", "datasets", "peft", "trl"):
        assert f" {heavy}\n" not in modules


def test_a_corpus_that_is_missing_is_told_before_a_stage_loads_torch():
    modules = loaded(
        "from p4ir.sft import SftRecipe, train\n"
        "from p4ir.training.recipe import CorpusOptions\n"
        "try:\n    train(SftRecipe(corpus=CorpusOptions(path='no.csv')))\n"
        "except ValueError as error:\n    assert 'no.csv' in str(error)"
    )
    assert " torch\n" not in modules


def test_both_stages_are_trained_by_a_function_of_their_package():
    import p4ir.grpo
    import p4ir.sft

    assert [p4ir.grpo.train.__module__, p4ir.sft.train.__module__] == [
        "p4ir.grpo.training", "p4ir.sft.train",
    ]  # fmt: skip


def test_what_reads_documents_loads_with_the_first_one_of_its_kind():
    modules = loaded("from p4ir.documents import segment_text; segment_text('1.1 Doors are lit.')")
    for reader in ("openpyxl", "docx", "pypdfium2", "sqlalchemy"):
        assert f" {reader}\n" not in modules


def test_the_public_names_are_all_there():
    import p4ir

    for name in p4ir.__all__:
        assert getattr(p4ir, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        p4ir.nothing  # noqa: B018
