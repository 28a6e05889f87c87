"""How well a judge agrees with labels, check by check, and whether that is better than chance.

Labels are exact (see `judge_items`): 60 prompts a check, half of them with a planted defect, each
with a twin that differs in one harmless sentence. A prompt counts as judged defective when the
judge reports anything in it; spans are compared with the planted sentences. Intervals: percentile
bootstrap over whole bases, because items of one base are not independent. What is printed for the
twins of real prompts is on the strict side: an honest finding elsewhere in them counts as wrong.

    python benchmarks/judge_agreement.py [--model ID] [--protocol NAME] [--check CODE] [--dev]
        [--write]

`--write` keeps the numbers in promptops/lint/judge/calibration.json, which the linter obeys.
"""

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import anyio
import numpy as np
from judge_items import PAIRS, Item, items

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.statistics import Interval
from promptops.core.store import BlobStore
from promptops.lint.judge import CHECKS, Check, JudgeOptions, JudgeReport, run_checks
from promptops.lint.judge.calibration import CALIBRATION_FILE, Agreement, protocol_for
from promptops.lint.judge.protocols import REVISION
from promptops.lint.parsing import parse_text
from promptops.llm.cached import CachedChat
from promptops.llm.chat import Chat
from promptops.llm.embedded.weights import fingerprint, is_embedded
from promptops.llm.litellm_chat import LiteLLMChat

RESAMPLES, SEED = 4000, 7


def kappa(said: np.ndarray, label: np.ndarray) -> float:
    """Cohen's kappa of two yes/no vectors; 0 where chance alone agrees fully."""
    agree = float((said == label).mean())
    by_chance = float(said.mean() * label.mean() + (1 - said.mean()) * (1 - label.mean()))
    return 0.0 if by_chance >= 1 else (agree - by_chance) / (1 - by_chance)


def kappa_interval(said: np.ndarray, label: np.ndarray, bases: list[str]) -> Interval:
    """Kappa with its 95 % interval, whole bases resampled."""
    random = np.random.default_rng(SEED)
    names = sorted(set(bases))
    members = [np.flatnonzero(np.asarray(bases) == name) for name in names]
    draws = []
    for _ in range(RESAMPLES):
        picked = random.integers(0, len(names), size=len(names))
        index = np.concatenate([members[each] for each in picked])
        draws.append(kappa(said[index], label[index]))
    low, high = np.quantile(draws, [0.025, 0.975])
    return Interval(estimate=kappa(said, label), low=float(low), high=float(high))


def measure(chat: Chat, model: str, check: Check, options: JudgeOptions, *, dev: bool) -> Agreement:
    labeled = items(check.code, dev=dev)
    prompts = [parse_text(item.text, path=f"{n:03}") for n, item in enumerate(labeled)]
    started = time.perf_counter()

    async def judge() -> JudgeReport:
        return await run_checks(prompts, chat, model=model, checks=[check], options=options)

    report = anyio.run(judge)
    if report.skipped:
        raise SystemExit(f"{check.code} was not judged: {report.skipped[0].reason}")
    found: list[list[str]] = [[] for _ in labeled]
    for finding in report.findings:
        found[int(finding.path)].append(finding.excerpt)
    said = np.array([bool(each) for each in found])
    label = np.array([item.defect for item in labeled])
    right = [
        sum(_hits(item, excerpt) for excerpt in each)
        for item, each in zip(labeled, found, strict=True)
    ]
    agreement = Agreement(
        n=len(labeled),
        accuracy=float((said == label).mean()),
        kappa=kappa_interval(said, label, [item.base for item in labeled]),
        false_alarms=float(said[~label].mean()),
        span_precision=sum(right) / max(1, len(report.findings)),
        span_recall=float(np.mean([bool(hits) for hits, d in zip(right, label, strict=True) if d])),
        protocol=options.protocol or protocol_for(model, check, {}),
        version=check.version,
        revision=REVISION,
        date=datetime.now(UTC).date().isoformat(),
    )
    seconds = time.perf_counter() - started
    verdict = "above chance" if agreement.above_chance else "NOT above chance"
    print(
        f"{check.code} {check.name:26} n {agreement.n}  said yes {said.mean():.2f}"
        f"  false alarms {agreement.false_alarms:.2f}"
        f"  accuracy {agreement.accuracy:.2f}  kappa {agreement.kappa} {verdict};"
        f"  span precision {agreement.span_precision:.2f} recall {agreement.span_recall:.2f};"
        f"  calls {report.calls} (+{report.cached_calls} known)  {seconds:.0f} s",
        flush=True,
    )
    return agreement


def _hits(item: Item, excerpt: str) -> bool:
    """Whether a finding points at a planted sentence (excerpts are cut from the prompt)."""
    start = " ".join(item.text.split()).find(excerpt)
    flat = " ".join(item.text.split())
    for first, end in item.spans:
        planted = " ".join(item.text[first:end].split())
        at = flat.find(planted)
        if start < at + len(planted) and at < start + len(excerpt):
            return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="embedded/smollm2-135m")
    parser.add_argument("--protocol", choices=["quote", "choose", "sentence"])
    parser.add_argument("--check", action="append", choices=list(PAIRS))
    parser.add_argument("--dev", action="store_true", help="the 20 items for trying things out")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    prepare_environment()
    weights = default_weights()
    options = JudgeOptions(
        protocol=asked.protocol,
        force=True,
        calibration={},
        concurrency=1 if is_embedded(asked.model) else 8,
    )
    with tempfile.TemporaryDirectory() as work:
        chat = CachedChat(
            LiteLLMChat(weights=weights, threads=asked.threads),
            BlobStore(Path(work) / "answers.db"),
            lambda model: fingerprint(model, weights) if is_embedded(model) else "",
        )
        measured = {
            code: measure(chat, asked.model, CHECKS[code], options, dev=asked.dev)
            for code in asked.check or PAIRS
        }
    if asked.write and not asked.dev:
        known = json.loads(CALIBRATION_FILE.read_text()) if CALIBRATION_FILE.exists() else {}
        rows = known.setdefault(asked.model, {})
        rows.update({code: _rounded(each.to_json()) for code, each in measured.items()})
        CALIBRATION_FILE.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


def _rounded(value):
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
