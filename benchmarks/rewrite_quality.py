"""Does the wording that PromptOps derives for a very small model beat the base wording?

Prompts as they are written for big models (`rewrite_bases`) run on the embedded model as they are
and as `promptops.rewrite.derive` words them for it, on held-out cases: mean scores, paired
difference with a 95 % bootstrap interval, exact McNemar or sign-flip test, Holm's correction over
the tasks. Beside them DSPy's adapters and LiteLLM's templates on the same base and cases. Answers
are kept in ``--out``: run again, the benchmark goes on where it was.

    make peers-optimize                                            # DSPy, once
    python benchmarks/rewrite_quality.py                           # hours on one core
    python benchmarks/rewrite_quality.py --methods base ours --tasks banking-8 clinc-10
    python benchmarks/rewrite_quality.py --table --write           # what there is so far
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Any

from optimize_sources import DATA
from rewrite_bases import ROOT, WORKSPACE, Base, bases
from rewrite_peers import DSPY, LITELLM, Said, dspy_answers, litellm_answers

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.canonical import JSON, digest
from promptops.core.statistics import holm, mcnemar_exact, paired_difference, sign_flip
from promptops.core.store import BlobStore
from promptops.errors import ProviderRefusedError
from promptops.evaluation.requests import build_request
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.llm.embedded.engine import shared_engine
from promptops.llm.embedded.grammar import schema_grammar
from promptops.llm.embedded.weights import fingerprint, weights_path
from promptops.models.dialects import find_dialect
from promptops.models.names import read_model_name
from promptops.prompts.model import Prompt
from promptops.rewrite.derive import Derived, derive

MODEL = "embedded/smollm2-135m"
METHODS = ("base", "ours", *DSPY, *LITELLM)
PAGE = ROOT / "docs" / "reference" / "rewrite-quality.md"
RESULT = Path(__file__).with_suffix(".json")
Row = dict[str, Any]


class Remembering:
    """The embedded model on one thread, with its answers kept in a database."""

    def __init__(self, file: Path) -> None:
        """Nothing is loaded before the first answer that is not known."""
        prepare_environment()
        folder = default_weights()
        self._engine = shared_engine(weights_path(MODEL, folder), threads=1)
        self._weights = fingerprint(MODEL, folder)
        self._known = BlobStore(file)

    def __call__(
        self, said: Said, params: Mapping[str, JSON], schema: Mapping[str, JSON] | None = None
    ) -> tuple[str, int]:
        """See `rewrite_peers.Ask`; a prompt that is too long has an empty answer."""
        key = digest([self._weights, said, dict(params), dict(schema) if schema else None])
        if (known := self._known.get(key)) is not None:
            text, tokens = json.loads(known)
            return text, tokens
        try:
            if isinstance(said, str):
                value = self._continued(said, params, schema)
            else:
                answer = self._engine.answer(said, params, schema=schema)
                value = (answer.text, answer.input_tokens)
        except ProviderRefusedError:
            value = ("", 0)
        self._known.put(key, json.dumps(value).encode())
        return value

    def _continued(
        self, text: str, params: Mapping[str, JSON], schema: Mapping[str, JSON] | None
    ) -> tuple[str, int]:
        """What the model writes after a text, without its chat template."""
        self._engine.load()
        body = {**params, "prompt": text, "cache_prompt": True}
        if schema is not None:
            body["grammar"] = schema_grammar(schema)
        # Our own engine chats only: no prompt of ours is a text to continue.
        found = self._engine._server.handle_completions(body)  # noqa: SLF001
        if "error" in found:
            raise ProviderRefusedError(str(found["error"]))
        return found["choices"][0]["text"], int(found["usage"]["prompt_tokens"])


def derived(prompt: Prompt) -> Derived:
    """The prompt as the embedded model takes it best."""
    model = read_model_name(MODEL)
    return derive(prompt, model, find_dialect(model.family).for_model(model))


def _prompt_answers(prompt: Prompt, cases: Sequence[GoldenCase], ask: Remembering) -> Any:
    found = []
    for case in cases:
        request = build_request(prompt, case.inputs, target=Target(model=MODEL))
        said = [{"role": each.role, "content": each.content} for each in request.messages]
        found.append(ask(said, request.params, request.response_schema))
    return found


def measured(name: str, method: str, *, out: Path, cases: int, part: str, python: Path) -> Row:
    """One method on one task; one row."""
    base, ask = bases()[name], Remembering(out / "answers.db")
    chosen = (base.dev if part == "dev" else base.test)[:cases]
    if method == "base":
        answers = _prompt_answers(base.prompt, chosen, ask)
    elif method == "ours":
        wording = base.prompt.replace(messages=derived(base.prompt).messages)
        answers = _prompt_answers(wording, chosen, ask)
    elif method in DSPY:
        answers = dspy_answers(base, chosen, method.removeprefix("dspy-"), ask, python)
    else:
        answers = litellm_answers(base, chosen, method.removeprefix("litellm-"), ask, MODEL)
    scores = [base.score(each, text) for each, (text, _) in zip(chosen, answers, strict=True)]
    tokens = fmean(count for _, count in answers)
    row: Row = {"task": name, "style": base.style, "method": method, "part": part}
    row |= {"scores": [round(score, 4) for score in scores], "tokens": round(tokens, 1)}
    row |= {"floor": _floor(base, chosen), "wording": _wording(name)}
    if method == "ours":
        row["steps"] = [change.step for change in derived(base.prompt).changes]
    return row


def _wording(name: str) -> str:
    """Names the base and what is derived from it: rows of another wording are out of date."""
    prompt = bases()[name].prompt
    both = (*prompt.messages, *derived(prompt).messages)
    return digest([[each.role, each.content] for each in both])


def _floor(base: Base, cases: Sequence[GoldenCase]) -> float | None:
    """The score of always giving the commonest label."""
    if not base.labels:
        return None
    return max(Counter(str(case.expected) for case in cases).values()) / len(cases)


def _compared(before: Sequence[float], after: Sequence[float]) -> Row:
    found = paired_difference(before, after, seed=7)
    pairs = list(zip(before, after, strict=True))
    if all(value in (0, 1) for pair in pairs for value in pair):
        p = mcnemar_exact(sum(a < b for b, a in pairs), sum(a > b for b, a in pairs))
    else:
        p = sign_flip([a - b for b, a in pairs], seed=7)
    return {"difference": found.estimate, "low": found.low, "high": found.high, "p": p}


def summary(rows: Sequence[Row]) -> list[Row]:
    """A line a task that has a base and our wording; workspace prompts together as one more."""
    by = {(row["task"], row["method"]): row for row in rows}
    lines = []
    for task in dict.fromkeys(row["task"] for row in rows):
        base, ours = by.get((task, "base")), by.get((task, "ours"))
        if base and ours and len(base["scores"]) == len(ours["scores"]):
            lines.append(_line(task, base, {m: by[task, m] for m in METHODS if (task, m) in by}))
    small = [line["task"] for line in lines if line["style"] == WORKSPACE]
    pooled: dict[str, Row] = {}
    for method in METHODS:
        own = [by[task, method] for task in small if (task, method) in by]
        if small and len(own) == len(small):
            pooled[method] = {
                "scores": [score for row in own for score in row["scores"]],
                "tokens": fmean(row["tokens"] for row in own),
                "floor": fmean(row["floor"] for row in own),
                "steps": sorted({step for row in own for step in row.get("steps", ())}),
            }
    lines = [line for line in lines if line["style"] != WORKSPACE]
    if pooled:
        base = {**pooled["base"], "style": WORKSPACE}
        lines.append(_line(f"workspace ({len(small)} prompts)", base, pooled))
    changed = [line for line in lines if line["steps"]]
    for line, p in zip(changed, holm([line["p"] for line in changed]), strict=True):
        line["holm"] = p
    return lines


def _line(task: str, base: Row, by_method: Mapping[str, Row]) -> Row:
    ours = by_method["ours"]
    return {
        "task": task,
        "style": base["style"],
        "cases": len(base["scores"]),
        "floor": base["floor"],
        "steps": ours["steps"],
        "tokens": [base["tokens"], ours["tokens"]],
        "mean": {name: fmean(row["scores"]) for name, row in by_method.items()},
        **_compared(base["scores"], ours["scores"]),
        "against": {
            # Cases come in one order: a peer that was given fewer has the first ones.
            name: _compared(row["scores"], ours["scores"][: len(row["scores"])])
            for name, row in by_method.items()
            if name not in ("base", "ours") and len(row["scores"]) <= len(ours["scores"])
        },
    }


def table(lines: Sequence[Row]) -> Iterator[list[str]]:
    """Cells of the table, the head first."""
    peers = (*DSPY, *LITELLM)
    yield ["task", "base", "n", "floor", "base", "ours", "difference [95 %]", "Holm p",
           "tokens", *peers]  # fmt: skip
    for line in lines:
        mean = line["mean"]
        change = f"{line['difference']:+.2f} [{line['low']:+.2f}, {line['high']:+.2f}]"
        yield [
            line["task"],
            line["style"],
            str(line["cases"]),
            _number(line["floor"]),
            _number(mean["base"]),
            _number(mean["ours"]) if line["steps"] else "as base",
            change if line["steps"] else "",
            f"{line['holm']:.4f}" if line["steps"] else "",
            "{:.0f} → {:.0f}".format(*line["tokens"]),
            *(_beside(line, peer) for peer in peers),
        ]


def _beside(line: Row, peer: str) -> str:
    """A peer's score, and ours less it on the same cases."""
    if peer not in line["against"]:
        return ""
    return f"{line['mean'][peer]:.2f} ({line['against'][peer]['difference']:+.2f})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def conclusion(lines: Sequence[Row]) -> Iterator[str]:
    """What the table says, in sentences."""
    changed = [line for line in lines if line["steps"]]
    better = [line for line in changed if line["low"] > 0 and line["holm"] < 0.05]
    worse = [line for line in changed if line["high"] < 0]
    labeled = [x for x in better if x["floor"] is not None]
    above = [x for x in labeled if x["mean"]["ours"] > x["floor"]]
    yield (
        f"{len(better)} of {len(lines)} tasks better (interval above zero, Holm p below 0.05; "
        f"{len(above)} of the {len(labeled)} with labels above the floor), {len(worse)} worse, "
        f"{len(lines) - len(changed)} unchanged."
    )
    if worse:
        yield f"Worse: {', '.join(line['task'] for line in worse)}."
    for peer in (*DSPY, *LITELLM):
        both = [line for line in lines if peer in line["against"]]
        if both:
            won = sum(line["against"][peer]["low"] > 0 for line in both)
            lost = sum(line["against"][peer]["high"] < 0 for line in both)
            gain = fmean(line["against"][peer]["difference"] for line in both)
            yield (
                f"Ours beside {peer}: better on {won}, worse on {lost} of {len(both)} tasks, "
                f"{gain:+.2f} on average."
            )


def _run(options: argparse.Namespace) -> None:
    file = options.out / f"{options.part}.jsonl"
    known = {
        (r["task"], r["method"]) for r in _rows(file) if len(r["scores"]) >= _wanted(r, options)
    }
    units = [(t, m) for m in options.methods for t in options.tasks if (t, m) not in known]
    work = partial(
        measured, out=options.out, cases=options.cases, part=options.part, python=options.python
    )
    print(f"{len(units)} runs to do", flush=True)
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for row in pool.map(work, *zip(*units, strict=True)) if units else ():
            with file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(row) + "\n")
            score = fmean(row["scores"])
            print(
                f"{row['task']:28} {row['method']:16} {score:.3f}  {row.get('steps', '')}",
                flush=True,
            )


def _wanted(row: Row, options: argparse.Namespace) -> int:
    base = bases()[row["task"]]
    most: int = options.cases
    return min(most, len(base.dev if options.part == "dev" else base.test))


def _rows(file: Path) -> list[Row]:
    """What is measured of the wordings as they are; of several of a task and method the last."""
    if not file.exists():
        return []
    read = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    last = {(row["task"], row["method"]): row for row in read}
    return [row for row in last.values() if row["wording"] == _wording(row["task"])]


def main() -> None:
    if not DATA.exists():
        print(f"skipped: needs outside data, set PROMPTOPS_DATA ({DATA} is absent)")
        return
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.table:
        _run(options)
    lines = summary(_rows(options.out / f"{options.part}.jsonl"))
    cells = list(table(lines))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    for sentence in conclusion(lines):
        print(f"\n{sentence}")
    if options.write:
        RESULT.write_text(json.dumps({"model": MODEL, "tasks": lines}, indent=1) + "\n")
        _write_page(cells, list(conclusion(lines)))


def _write_page(cells: Sequence[Sequence[str]], sentences: Sequence[str]) -> None:
    """Put the table between the marks of the reference page."""
    head, *body = (f"| {' | '.join(row)} |" for row in cells)
    lines = [head, "|" + "---|" * len(cells[0]), *body]
    begin, end = "<!-- table -->\n", "<!-- end of table -->"
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.partition(begin)[0], page.partition(end)[2]
    told = "\n\n".join(["\n".join(lines), *sentences])
    PAGE.write_text(f"{before}{begin}\n{told}\n\n{end}{after}", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", choices=list(bases()), default=list(bases()))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--cases", type=int, default=120, help="at most so many of a task")
    parser.add_argument("--part", choices=("dev", "test"), default="test")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once, a core each")
    parser.add_argument("--table", action="store_true", help="print what there is, run nothing")
    parser.add_argument("--write", action="store_true", help="write the numbers and the page")
    parser.add_argument(
        "--out", type=Path, default=ROOT / ".promptops" / "benchmarks" / "rewrite-quality"
    )
    parser.add_argument(
        "--python",
        type=Path,
        default=Path(os.environ.get("PROMPTOPS_OPTIMIZERS", ROOT / ".venv-optimizers/bin/python")),
        help="interpreter that has DSPy",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
