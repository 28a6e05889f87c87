"""How well a model agrees with labels when it judges answers, and whether that beats chance.

Data: promptpex v7 (recorded answers of four models to four prompts, each labeled as following its
prompt or not; the labels are GPT-4o's, not people's), read where `PROMPTOPS_DATA` points to
(default: `../shared/data`). The same number of answers with either label is drawn for each prompt.

- llm_judge: the rubric is the prompt's list of rules; said yes from 0.75 on (level 4 of 5). Flips:
  the two orders of the levels lie on different sides of that bar.
- pairwise_judge: two answers to one input, one of which follows the prompt; said yes when both
  orders prefer the first. Flips: the orders disagree.

Intervals: 95 %, bootstrap over whole inputs, because answers to one input are not independent.

    python benchmarks/judge_calibration.py [--model ID] [--items N] [--write]

`--write` keeps the numbers in promptops/scoring/calibration.json, which the judges obey.
"""

import argparse
import csv
import json
import os
import random
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.store import BlobStore
from promptops.golden.case import GoldenCase
from promptops.llm.cached import CachedChat
from promptops.llm.embedded.weights import fingerprint, is_embedded
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.prompts.model import Prompt
from promptops.scoring.calibration import CALIBRATION_FILE, agreement
from promptops.scoring.judging import REVISION
from promptops.scoring.scorers.llm_judge import LLMJudge
from promptops.scoring.scorers.pairwise_judge import PairwiseJudge

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")) / "intel/optim/promptpex_v7"
SEED, BAR, LONGEST = 7, 3.5, 1200
PROMPTS = ("art-prompt", "elements", "sentence-rewrite", "speech-tag")


def labeled(name: str) -> list[dict[str, str]]:
    """The labeled answers to one prompt, each (input, answer) once."""
    rows = csv.DictReader((DATA / f"{name}__test_results.csv").open(encoding="utf-8"))
    kept = {
        (row["input"], row["output"]): row
        for row in rows
        if row["compliance"] in ("ok", "err") and 0 < len(row["output"]) <= LONGEST
    }
    return list(kept.values())


def rules(name: str) -> str:
    return (DATA / f"{name}__rules.txt").read_text(encoding="utf-8").strip()


def balanced(rows: list[dict[str, str]], count: int, draw: random.Random) -> list[dict[str, str]]:
    found = []
    for label in ("ok", "err"):
        of_it = [row for row in rows if row["compliance"] == label]
        found += draw.sample(of_it, min(count // 2, len(of_it)))
    return found


def pairs(rows: list[dict[str, str]], count: int, draw: random.Random) -> list[tuple]:
    """(input, one, other, whether the first is the one that follows the prompt)."""
    by_input: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        sides = by_input.setdefault(row["input"], {"ok": [], "err": []})
        sides[row["compliance"]].append(row["output"])
    able = sorted(asked for asked, sides in by_input.items() if sides["ok"] and sides["err"])
    found = []
    for place, asked in enumerate(draw.sample(able, min(count, len(able)))):
        good, bad = (draw.choice(by_input[asked][label]) for label in ("ok", "err"))
        found.append((asked, good, bad, True) if place % 2 else (asked, bad, good, False))
    return found


async def judge_single(judge: LLMJudge, prompt: Prompt, count: int) -> dict[str, list]:
    seen: dict[str, list] = {"said": [], "labels": [], "flipped": [], "clusters": []}
    for name in PROMPTS:
        for row in balanced(labeled(name), count, random.Random(SEED)):
            case = GoldenCase(id=row["id"], inputs={"input": row["input"]})
            try:
                (down, _), (up, _) = await judge.levels(
                    rules(name), answer=row["output"], case=case, expected=None, prompt=prompt
                )
            except ValueError:
                UNUSABLE["llm_judge"] += 1
                continue
            seen["said"].append((down + up) / 2 > BAR)
            seen["flipped"].append((down > BAR) != (up > BAR))
            seen["labels"].append(row["compliance"] == "ok")
            seen["clusters"].append(f"{name} {row['input']}")
    return seen


async def judge_pairs(make, prompt: Prompt, count: int) -> dict[str, list]:
    seen: dict[str, list] = {"said": [], "labels": [], "flipped": [], "clusters": []}
    for name in PROMPTS:
        question = f"Which answer keeps these rules better?\n{rules(name)}"
        judge = make(criterion=question)
        for asked, one, other, first in pairs(labeled(name), count, random.Random(SEED)):
            case = GoldenCase(id="pair", inputs={"input": asked})
            try:
                forward, backward, _ = await judge.compare(one, other, case=case, prompt=prompt)
            except ValueError:
                UNUSABLE["pairwise_judge"] += 1
                continue
            seen["said"].append(forward == backward == "first")
            seen["flipped"].append(forward != backward)
            seen["labels"].append(first)
            seen["clusters"].append(f"{name} {asked}")
    return seen


UNUSABLE: Counter[str] = Counter()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="embedded/smollm2-135m")
    parser.add_argument("--items", type=int, default=24, help="answers a prompt; pairs: half")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    prepare_environment()
    weights = default_weights()
    prompt = Prompt.model_validate(
        {
            "id": "judged", "version": "1.0.0", "title": "Judged", "intent": "generate",
            "messages": [{"role": "user", "content": "judged"}],
        }
    )  # fmt: skip
    known = json.loads(CALIBRATION_FILE.read_text()) if CALIBRATION_FILE.exists() else {}
    with tempfile.TemporaryDirectory() as work:
        chat = CachedChat(
            LiteLLMChat(weights=weights, threads=asked.threads),
            BlobStore(Path(work) / "answers.db"),
            lambda model: fingerprint(model, weights) if is_embedded(model) else "",
        )
        given = {"chat": chat, "judge": asked.model, "uncalibrated": True}
        runs = {
            "llm_judge": partial(judge_single, LLMJudge(**given), prompt, asked.items),
            "pairwise_judge": partial(
                judge_pairs, partial(PairwiseJudge, **given), prompt, asked.items // 2
            ),
        }
        for scorer, run in runs.items():
            started = time.perf_counter()
            found = agreement(
                **anyio.run(run),
                seed=SEED,
                revision=REVISION,
                date=datetime.now(UTC).date().isoformat(),
                data="promptpex v7, labels by GPT-4o",
            )
            counts = found.confusion
            verdict = "above chance" if found.above_chance else "NOT above chance"
            print(
                f"{asked.model} as {scorer}: n {found.n} (+{UNUSABLE[scorer]} without a verdict)\n"
                f"  accuracy {found.accuracy}  kappa {found.kappa}: {verdict}\n"
                f"  position flips {found.flips}\n"
                f"  yes and right {counts.right_yes}, yes and wrong {counts.false_yes},"
                f" no and wrong {counts.false_no}, no and right {counts.right_no}"
                f"  ({time.perf_counter() - started:.0f} s)",
                flush=True,
            )
            known.setdefault(asked.model, {})[scorer] = found.to_json()
    if asked.write:
        CALIBRATION_FILE.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
