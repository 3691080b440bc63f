"""Write a merged Llama model as GGUF, the form that llama.cpp and OpenVINO read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quantize
from safetensors import safe_open

TYPES = {
    "float32": GGMLQuantizationType.F32,
    "float16": GGMLQuantizationType.F16,
    "bfloat16": GGMLQuantizationType.BF16,
    "int8": GGMLQuantizationType.Q8_0,
}
NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "post_attention_layernorm": "ffn_norm",
    "input_layernorm": "attn_norm",
    "model.layers": "blk",
}
"""A part of a name in transformers and in GGUF."""


def write_gguf(folder: Path, output: Path, dtype: str) -> Path:
    """Write the model of a folder to a file, unless that is there, and return the file."""
    if output.exists():
        return output
    config = json.loads((folder / "config.json").read_text("utf-8"))
    writer = GGUFWriter(str(output), "llama")
    _describe(writer, config)
    _add_tokenizer(writer, json.loads((folder / "tokenizer.json").read_text("utf-8")), config)
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    with safe_open(str(folder / "model.safetensors"), "np") as tensors:
        for name in tensors.keys():  # noqa: SIM118 (it is no dictionary)
            weights = tensors.get_tensor(name).astype(np.float32)
            count = next((n for part, n in heads.items() if part in name), None)
            if count:
                weights = _interleaved(weights, count)
            kind = TYPES[dtype] if weights.ndim > 1 else GGMLQuantizationType.F32
            for theirs, ours in NAMES.items():
                name = name.replace(theirs, ours)
            writer.add_tensor(name, quantize(weights, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return output


def _describe(writer: GGUFWriter, config: dict) -> None:
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_file_type(0)


def _add_tokenizer(writer: GGUFWriter, tokenizer: dict, config: dict) -> None:
    """Add the tokens; prompts come as tokens, so how a text is split hardly matters."""
    tokens = dict(tokenizer["model"]["vocab"])
    special = {each["content"]: each["id"] for each in tokenizer["added_tokens"]}
    ordered = sorted({**tokens, **special}.items(), key=lambda item: item[1])
    merges = [m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([token for token, _ in ordered])
    writer.add_token_types([3 if token in special else 1 for token, _ in ordered])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    # Said outright, since llama.cpp may guess another special token, and then a grammar
    # that it enforces never lets a completion end.
    writer.add_eot_token_id(config["eos_token_id"])
    writer.add_add_bos_token(False)


def _interleaved(weights: np.ndarray, heads: int) -> np.ndarray:
    """Bring the halves that the rotation pairs beside each other, as GGUF has them."""
    rows, columns = weights.shape
    halves = weights.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)
