"""How much shorter do prompts get at no loss, beside other prompt compressors?

``real``: verbose prompts that others wrote (`shorter_real.py`) and ``framed``: real tasks in wordy
frames of ours (`shorter_tasks.py`) go through the whole optimizer with the goal "shorter" on a real
model: reduction of the tokens sent, inputs included, score before and after, and whether a loss of
the margin is ruled out on cases that had no part in choosing the wording; peers' texts are judged
by the same test on the same held-out cases. A prompt whose
score is not above always giving the commonest answer by the margin does not count: nothing can be
lost there. One that counts and for which nothing is shown counts as 0 %. ``texts``: deterministic
compression over collections (1,529 awesome prompts, 233 patterns of fabric): tokens, and what was
changed that must not change. ``peers``: what peers take out of the real prompts. ``write``:
docs/reference/shorter.md, from the numbers.

Run: python benchmarks/shorter.py {real,framed,peers,texts,write} [--model M] [--only NAME ...]
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import anyio
import shorter_real
import shorter_tasks
from shorter_measure import Measuring, shortened
from shorter_peers import MODEL, PEERS, tokens
from shorter_texts import measure_texts

from promptops.errors import PromptOpsError
from promptops.prompts.model import Prompt

Report = dict[str, Any]


def measure_tasks(options: argparse.Namespace) -> None:
    """Rows for each prompt, written as they come; what is written already is not done again."""
    measuring = Measuring(options.model, options.cache)
    found = shorter_real.tasks() if options.part == "real" else shorter_tasks.tasks()
    known = {each.prompt.id: each.first(options.cases) for each in found}
    for name in options.only or known:
        task = known[name]
        row = _once(options, "bases", name, lambda task=task: anyio.run(measuring.base, task))
        if not row.get("counts"):
            continue
        _once(
            options, "ours", name,
            lambda task=task: anyio.run(measuring.optimized, task),
        )  # fmt: skip
        for peer, shorten in PEERS.items() if options.peers else ():
            _once(
                options, f"peer {peer}", name,
                lambda task=task, peer=peer, s=shorten: anyio.run(measuring.judged, task, peer, s),
            )  # fmt: skip


def measure_peers() -> list[Report]:
    """What each compressor takes out of the real prompts, and what that breaks, without a model."""
    found = list(shorter_real.tasks())
    rows = []
    for name, shorten in PEERS.items():
        saved, lost = [], 0
        for task in found:
            shorter, broken = shortened(task.prompt, shorten)
            saved.append(1 - _tokens(shorter) / _tokens(task.prompt))
            lost += bool(broken)
        rows.append({"name": name, "prompts": len(saved), "saved": fmean(saved), "broken": lost})
        print(f"{name:30} {fmean(saved):6.1%} less, {lost} of {len(saved)} broken", flush=True)
    return rows


def _tokens(prompt: Prompt) -> int:
    return sum(tokens(message.content) for message in prompt.messages)


def _once(options: argparse.Namespace, part: str, name: str, measure: Any) -> Report:
    """A row, from the file if it is there."""
    report = json.loads(options.json.read_text()) if options.json.is_file() else {}
    rows = report.setdefault(part, {})
    key = f"{name} {options.model}"
    if key not in rows:
        try:
            rows[key] = {"part": options.part, "asked": options.cases} | measure()
        except PromptOpsError as problem:
            rows[key] = {
                "task": name,
                "model": options.model,
                "error": str(problem),
                "shown": False,
            }
        options.json.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n")
        _told(part, rows[key])
    return dict(rows[key])


def _told(part: str, row: Report) -> None:
    if "score" in row:
        told = (
            f"{'shown' if row['shown'] else 'not shown'}: tokens {row['tokens'][0]:.0f} -> "
            f"{row['tokens'][1]:.0f} ({row['saved']:.0%} less), score {row['score'][0]:.2f} -> "
            f"{row['score'][1]:.2f}, bound {row['bound']:+.2f}, p {row['p']:.4f}, {row['changed']}"
        )
    elif "base" in row:
        told = (
            f"{'counts' if row['counts'] else 'does not count'}: score {row['base']:.2f}, "
            f"floor {row['floor']:.2f}, {row['cases']} cases, {row['tokens']:.0f} tokens"
        )
    else:
        told = str(row.get("error") or row.get("reason"))
    print(f"{row['task']:40} {part:28} {told}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("real", "framed", "peers", "texts", "write"))
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--cases", type=int, default=200, help="cases of a prompt, at most")
    parser.add_argument("--sample", type=int, default=0, help="texts: so many prompts; 0 is all")
    parser.add_argument("--only", nargs="*", default=[], help="these prompts alone")
    parser.add_argument("--peers", action="store_true", help="compare with what is installed")
    parser.add_argument("--cache", type=Path, default=Path(".promptops/shorter.db"))
    parser.add_argument("--json", type=Path, default=Path("benchmarks/shorter.json"))
    options = parser.parse_args(arguments)
    if options.part in {"texts", "peers"}:
        rows = (
            measure_peers()
            if options.part == "peers"
            else measure_texts(options.sample, with_peers=options.peers)
        )
        report = json.loads(options.json.read_text()) if options.json.is_file() else {}
        report[options.part] = rows
        options.json.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n")
    elif options.part == "write":
        from shorter_write import page

        prompts = [
            (task.prompt.id, task.frame, _tokens(task.prompt), len(task.golden.cases))
            for task in shorter_real.tasks()
        ]
        text = page(json.loads(options.json.read_text()), prompts)
        Path("docs/reference/shorter.md").write_text(text)
    else:
        measure_tasks(options)


if __name__ == "__main__":
    main()
