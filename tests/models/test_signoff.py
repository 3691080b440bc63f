import json

import pytest
import torch
from safetensors.torch import save_file

from p4ir.errors import ModelError
from p4ir.models import list_adapters
from p4ir.models.signoff import check_signed_off, stage_of, weights_digests


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "adapter_model.safetensors").write_bytes(b"weights")
    (tmp_path / "p4ir.json").write_text('{"stage": "grpo"}')
    return tmp_path


def sign(folder, verdict, **more):
    said = {"verdict": verdict, "why": "", "weights_sha256": weights_digests(folder), **more}
    (folder / "guard.json").write_text(json.dumps(said))


@pytest.mark.parametrize("verdict", ["passed", "overridden"])
def test_what_was_signed_off_may_leave(folder, verdict):
    sign(folder, verdict)
    check_signed_off(folder)


def test_stage_one_needs_no_signature(folder):
    (folder / "p4ir.json").write_text('{"stage": "sft"}')
    check_signed_off(folder)
    (folder / "p4ir.json").unlink()
    check_signed_off(folder)


def test_what_failed_may_not_leave_and_it_says_why(folder):
    sign(folder, "failed", why="rules became worse")
    with pytest.raises(ModelError, match=r"refuses it: rules became worse; .*\(guard.allow\)"):
        check_signed_off(folder)


def test_stage_two_without_a_report_may_not_leave(folder):
    with pytest.raises(ModelError, match=r"has no guard.json: .* --resume"):
        check_signed_off(folder)


def test_a_report_is_about_the_weights_beside_it(folder):
    sign(folder, "passed")
    (folder / "adapter_model.safetensors").write_bytes(b"others")
    with pytest.raises(ModelError, match="about other weights"):
        check_signed_off(folder)


@pytest.mark.parametrize("text", ["", "[]", '{"verdict": "fine"}', '{"verdict": "passed"}'])
def test_a_damaged_report_signs_nothing(folder, text):
    (folder / "guard.json").write_text(text)
    with pytest.raises(ModelError, match=r"guard.json: "):
        check_signed_off(folder)


def test_every_shipped_adapter_may_leave(monkeypatch):
    from p4ir.models import adapters
    from tests.shared_data import ROOT

    monkeypatch.setattr(adapters, "FOLDERS", (ROOT / "data" / "adapters",))
    shipped = list_adapters()
    assert shipped
    for adapter in shipped:
        check_signed_off(adapter.folder)


def test_a_checkpoint_of_stage_two_may_not_leave(folder):
    (folder / "p4ir.json").unlink()
    (folder / "method-0.pt").touch()
    with pytest.raises(ModelError, match=r"has no guard.json"):
        check_signed_off(folder)


def test_weights_copied_without_what_p4ir_says_of_them_say_it_themselves(folder):
    (folder / "p4ir.json").unlink()
    weights = folder / "adapter_model.safetensors"
    save_file({"weight": torch.zeros(2)}, weights, metadata={"p4ir_stage": "grpo"})
    assert stage_of(folder) == "grpo"
    with pytest.raises(ModelError, match=r"has no guard.json"):
        check_signed_off(folder)
    save_file({"weight": torch.zeros(2)}, weights, metadata={"p4ir_stage": "sft"})
    check_signed_off(folder)


def test_a_report_about_no_weights_signs_nothing(folder):
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    sign(folder, "passed")
    with pytest.raises(ModelError, match="about other weights"):
        check_signed_off(folder)
