import math
from types import SimpleNamespace

import pytest

from p4ir.errors import TrainingError
from p4ir.training.loop import End


def is_ended(values, patience):
    """Say whether training ends after validations of these values."""
    state = SimpleNamespace(log_history=[{"eval_nted": value} for value in values])
    control = SimpleNamespace(should_training_stop=False)
    End("eval_nted", patience).on_evaluate(None, state, control)
    return control.should_training_stop


@pytest.mark.parametrize(
    ("values", "patience", "ended"),
    [
        ([0.5, 0.6], None, False),
        ([0.5, 0.6], 1, True),
        ([0.5, 0.6], 2, False),
        ([0.5, 0.6, 0.4, 0.4], 2, False),
        ([0.5, 0.6, 0.4, 0.4, 0.4], 2, True),
        ([], 1, False),
    ],
)
def test_patience_counts_the_validations_since_the_best(values, patience, ended):
    assert is_ended(values, patience) is ended


@pytest.mark.parametrize("norm", [math.nan, math.inf])
def test_gradients_that_are_no_numbers_are_said_with_the_remedy(norm):
    state, args = SimpleNamespace(global_step=7), SimpleNamespace(fp16=False, learning_rate=0.1)
    with pytest.raises(TrainingError, match=r"step 7: .* lower trainer.learning_rate \(now 0.1\)"):
        End("eval_nted").on_log(args, state, None, {"grad_norm": norm})
    End("eval_nted").on_log(args, state, None, {"grad_norm": 3.0})
    args.fp16 = True  # whose scaler leaves such steps out
    End("eval_nted").on_log(args, state, None, {"grad_norm": norm})
