"""Other prompt compressors, and the embedded model's tokenizer, for `shorter.py`.

Compressors from package indexes run with their defaults; `shorter_peers.txt` says how to install
them (place: ``PROMPTOPS_SHORTER``, default ``.venv-shorter``). Selective-Context (Li et al. 2023,
EMNLP) is its method on the embedded model's weights, because its package loads GPT-2 from a hub:
words are dropped from the lowest self-information on, 35 % of them, its published default.
LLMLingua-2's weights are on no package index.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from promptops.config.environment import default_weights
from promptops.llm.embedded.weights import weights_path

MODEL = "embedded/smollm2-135m"
_DROPPED = 0.35
_WINDOW = 1024
_WORD = re.compile(r"\s*\S+")

sys.path.append(os.environ.get("PROMPTOPS_SHORTER", ".venv-shorter"))


@cache
def _weights() -> tuple[str, str]:
    path = weights_path(MODEL, default_weights())
    return str(path.parent), path.name


@cache
def _tokenizer() -> Any:
    from transformers import AutoTokenizer

    folder, name = _weights()
    return AutoTokenizer.from_pretrained(folder, gguf_file=name)


def tokens(text: str) -> int:
    """Tokens of a text for the embedded model."""
    return len(_tokenizer()(text, verbose=False)["input_ids"])


@cache
def _model() -> Any:
    from transformers import AutoModelForCausalLM

    folder, name = _weights()
    return AutoModelForCausalLM.from_pretrained(folder, gguf_file=name).eval()


def _selective_context(text: str) -> str:
    """Drop the words that the model expected most."""
    import torch

    coded = _tokenizer()(text, return_offsets_mapping=True, verbose=False)
    ids, offsets = coded["input_ids"], coded["offset_mapping"]
    information = [0.0] * len(ids)
    for start in range(0, len(ids), _WINDOW):
        part = torch.tensor([ids[start : start + _WINDOW]])
        with torch.no_grad():
            chances = torch.log_softmax(_model()(part).logits[0, :-1].float(), dim=-1)
        said = -chances.gather(1, part[0, 1:, None])[:, 0]
        information[start + 1 : start + 1 + len(said)] = said.tolist()
    words = list(_WORD.finditer(text))
    of_word: list[list[float]] = [[] for _ in words]
    at = 0
    for (first, last), value in zip(offsets, information, strict=True):
        while at < len(words) - 1 and words[at].end() <= first:
            at += 1
        if last > first:
            of_word[at].append(value)
    means = [sum(values) / len(values) if values else 0.0 for values in of_word]
    cut = sorted(means)[int(_DROPPED * len(means))] if means else 0.0
    return "".join(
        word.group() for word, mean in zip(words, means, strict=True) if mean >= cut
    ).strip()


def _compression_prompt(text: str) -> str:
    from compression_prompt import Compressor
    from compression_prompt.compressor import CompressionError

    try:
        return str(Compressor().compress(text).compressed)
    except CompressionError:  # it leaves texts below 1 KiB alone
        return text


def _prompt_compressor(text: str, level: str) -> str:
    from prompt_compressor import compress

    return str(compress(text, level=level).output)


def _promptslim(text: str) -> str:
    from promptslim import quick_slim

    return str(quick_slim(text).compressed)


PEERS: Mapping[str, Callable[[str], str]] = {
    "prompt-compressor low": partial(_prompt_compressor, level="low"),
    "compression-prompt": _compression_prompt,
    "promptslim": _promptslim,
    "Selective-Context (SmolLM2)": _selective_context,
    "prompt-compressor medium": partial(_prompt_compressor, level="medium"),
}
