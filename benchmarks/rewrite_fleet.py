"""Rewrites of many prompts for every family: equivalent, stable, the same every time, and how fast.

    python benchmarks/rewrite_fleet.py [--write]

Prompts are those of the sample workspace and 200 outside prompts, chosen by the hash of their ids
in equal parts from three collections of `lint_corpora`. Targets are all families, and models for
which other claims hold than for their family. ``--write`` keeps the numbers in
``rewrite_fleet.json``.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import lint_corpora

from promptops.errors import TemplateError
from promptops.models.dialects import dialects
from promptops.models.names import ModelName, read_model_name
from promptops.prompts.loader import load_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.resolve import resolve
from promptops.prompts.template import escape_literal, template_names
from promptops.rewrite.derive import derive, lost
from promptops.rewrite.neutral import neutral
from promptops.rewrite.planner import plan
from promptops.rewrite.rewriter import rewrite

HERE = Path(__file__).parent
ROOT = HERE.parent
OUTSIDE = 200
FLEET = 1000
NINE = ("claude", "deepseek", "gemini", "gemma", "gpt", "llama", "mistral", "qwen", "smollm")
MODELS = ("gpt-4.1", "gpt-5.1", "o3", "claude-opus-4-7", "deepseek-r1", "gemma-2-9b-it",
          "mistral-7b-instruct-v0.2", "qwen3-30b-a3b-instruct-2507", "smollm2-135m")  # fmt: skip


def outside(count: int) -> list[Prompt]:
    """Prompts of three collections in equal parts, in the order of their ids' hashes."""
    parts = (lint_corpora.awesome(), lint_corpora.fabric(), lint_corpora.promptsource())
    found: list[list[Prompt]] = []
    for rows in parts:
        ordered = sorted(rows, key=lambda row: hashlib.sha256(row[0].encode()).hexdigest())
        made = (prompt_of(name, text) for name, text in ordered)
        found.append([each for each in made if each is not None])
    chosen: list[Prompt] = []
    place = 0
    while len(chosen) < count and any(place < len(part) for part in found):
        chosen += [part[place] for part in found if place < len(part)]
        place += 1
    return chosen[:count]


def prompt_of(name: str, text: str) -> Prompt | None:
    """An outside text as a prompt; None when our template language cannot say it.

    A template of promptsource is the part before its answer; a system prompt of fabric gets the
    input as a user message.
    """
    names: Iterable[str] = ()
    if name.startswith("promptsource"):
        text = text.split("|||", maxsplit=1)[0].strip()
        try:
            names = template_names(text)
        except TemplateError:
            return None
        if "answer_choices" in names:  # a list that only their own code fills
            return None
    else:
        text = escape_literal(text)
    if not text.strip():
        return None
    messages = [{"role": "user", "content": text}]
    if name.startswith("fabric") and name.endswith("system"):
        messages = [{"role": "system", "content": text}, {"role": "user", "content": "{{ input }}"}]
        names = ["input"]
    return Prompt.model_validate(
        {
            "id": f"p{hashlib.sha256(name.encode()).hexdigest()[:12]}",
            "version": "1.0.0",
            "title": " ".join(name.split())[:60],
            "intent": "generate",
            "variables": {
                each: {"type": "string", "trust": "untrusted" if each == "input" else "trusted"}
                for each in sorted(names)
            },
            "messages": messages,
        }
    )


def workspace() -> list[Prompt]:
    """Every wording of the sample workspace."""
    found = []
    for path in sorted((ROOT / "prompt_registry" / "prompts").rglob("*.prompt.yaml")):
        prompt = load_prompt(path).prompt
        found += [resolve(prompt, name) for name in (None, *(v.id for v in prompt.variants))]
    return found


def targets() -> list[ModelName]:
    """Every family, and the models."""
    families = [ModelName(family=family) for family in dialects()]
    return [*families, *map(read_model_name, MODELS)]


def outcomes(prompts: list[Prompt]) -> tuple[dict[str, object], str]:
    """What became of each prompt for each target, and a digest of all of it."""
    counts: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    every = hashlib.sha256()
    for target in targets():
        dialect = dialects()[target.family].for_model(target)
        planned = plan(dialect)
        for prompt in prompts:
            made = derive(prompt, target, dialect)
            every.update(repr(made).encode("utf-8", "surrogatepass"))
            counts["all"] += 1
            skipped.update(each.step for each in made.skipped)
            if made.refused:
                counts["refused"] += 1
                refused[made.refused.split('"')[0].strip()] += 1
                continue
            steps.update(each.step for each in made.changes)
            if made.messages == prompt.messages:
                counts["same wording"] += 1
                continue
            counts["other wording"] += 1
            counts["equivalent"] += not lost(prompt, made.messages, planned, target.family)
            worded = prompt.model_copy(update={"messages": made.messages})
            counts["same when rewritten again"] += (
                derive(worded, target, dialect).messages == made.messages
            )
            base = neutral(worded, target, dialect)
            back = derive(prompt.model_copy(update={"messages": base}), target, dialect)
            counts["same after the way to neutral and back"] += back.messages == made.messages
            counts["of these, neutral is another wording"] += base != made.messages
    told = {
        "outcomes": dict(counts),
        "refused": dict(refused.most_common()),
        "skipped": dict(skipped.most_common()),
        "steps": dict(steps.most_common()),
    }
    return told, every.hexdigest()


def digest_elsewhere(seed: int) -> str:
    """The digest that another process gets, with another seed of Python's hashes."""
    done = subprocess.run(
        [sys.executable, __file__, "--digest"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
    )
    return done.stdout.strip()


def rewritten(prompts: list[Prompt]) -> int:
    """Rewrite every prompt for the nine families; how many got a variant."""
    known = dialects()
    names = [ModelName(family=family) for family in NINE]
    return sum(
        rewrite(prompt, name, known[name.family]).variant is not None
        for prompt in prompts
        for name in names
    )


def speed(prompts: list[Prompt]) -> dict[str, object]:
    """Seconds of the clock and of CPU for the fleet, in one process and in two."""
    # A fresh process each, or the caches of the first would serve the second.
    context = get_context("spawn")
    told: dict[str, object] = {}
    for processes in (1, 2):
        parts = [prompts[place::processes] for place in range(processes)]
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            list(pool.map(len, parts))  # started and imported
            before = time.perf_counter()
            results = list(pool.map(timed, parts))
            wall = time.perf_counter() - before
        told[f"{processes} process{'es' if processes > 1 else ''}"] = {
            "prompts": len(prompts),
            "families": len(NINE),
            "variants": sum(count for count, _ in results),
            "wall_s": round(wall, 2),
            "cpu_s": round(sum(cpu for _, cpu in results), 2),
        }
    return told


def timed(prompts: list[Prompt]) -> tuple[int, float]:
    """The number of variants, and the CPU seconds that they took."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    count = rewritten(prompts)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return count, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep the numbers")
    parser.add_argument("--digest", action="store_true", help="only print the digest")
    options = parser.parse_args()
    own, others = workspace(), outside(OUTSIDE)
    told, digest = outcomes([*own, *others])
    if options.digest:
        print(digest)
        return
    told = {
        "prompts": {"workspace": len(own), "outside": len(others)},
        "targets": [target.shown for target in targets()],
        **told,
        "same bytes in other processes": {digest_elsewhere(seed) for seed in (1, 2)} == {digest},
        "speed": speed(outside(FLEET)),
    }
    text = json.dumps(told, indent=2)
    print(text)
    if options.write:
        (HERE / "rewrite_fleet.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
