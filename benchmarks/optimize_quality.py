"""Optimizers of prompts side by side: same model, tasks, calls and metric; held-out scores.

Every optimizer gets sixty solved cases of a task and a hard budget of calls to one endpoint
(`optimizers/server.py`), where the embedded model answers, writes and reflects. What it found runs
on eighty held-out cases by our evaluator. Results are kept in `results.jsonl` in `--out`, a line a
run; run again, the benchmark goes on where it was, and answers given before cost nothing.

    make peers-optimize
    python benchmarks/optimize_quality.py --jobs 2                        # all of it, for hours
    python benchmarks/optimize_quality.py --tasks banking-8 --seeds 1 --calls 30
    python benchmarks/optimize_quality.py --peers ours gepa --calls 25 50 75 100 150
    python benchmarks/optimize_quality.py --table --write                 # what there is so far
"""

import argparse
import json
import os
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from optimize_sources import DATA
from optimize_tasks import Task, tasks
from optimizers import anytime, comparing, replay
from optimizers.running import (
    BASE,
    OPTIMIZERS,
    ROOT,
    Peers,
    Unit,
    code_digest,
    run_unit,
    score_answer,
    task_digest,
)
from optimizers.server import EmbeddedModel, Endpoint

from promptops.core.counting import counted

PAGE = ROOT / "docs" / "reference" / "optimize-quality.md"

_ENDPOINT: Endpoint
_PEERS: Peers


def main() -> None:
    if not DATA.exists():
        print(f"skipped: needs outside data, set PROMPTOPS_DATA ({DATA} is absent)")
        return
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "results.jsonl"
    if not options.table:
        _run(options, file)
    rows = [
        row
        for row in _read(file)
        if row["task"] in options.tasks and row["optimizer"] in (BASE, *options.peers)
    ]
    if not rows:
        sys.exit("no results yet")
    sections = dict(_sections(rows, options))
    for title, text in sections.items():
        print(f"\n{title}\n\n{text}")
    if options.write:
        PAGE.write_text(_page(sections, options), encoding="utf-8")
        print(f"\nwrote {PAGE.relative_to(ROOT)}")


def _run(options: argparse.Namespace, file: Path) -> None:
    """Run what is missing, each process with an engine of its own on one thread."""
    known = {
        Unit(task=row["task"], seed=row["seed"], optimizer=row["optimizer"], calls=row["calls"])
        for row in _read(file)
        if row["optimizer"] not in options.curves or anytime.scored(row)
    }
    wanted = [
        unit for unit in _units(options) if unit not in known or unit.optimizer in options.again
    ]
    peers = Peers(
        python=options.python.absolute(),
        own_python=Path(sys.executable),
        work=(options.out / "work").absolute(),
        minutes=options.minutes,
    )
    peers.work.mkdir(exist_ok=True)
    answers = (options.out / "answers.db").absolute()
    print(f"{len(wanted)} runs to do, {len(known)} known", flush=True)
    with ProcessPoolExecutor(
        options.jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(answers, peers)
    ) as pool:
        futures = {
            pool.submit(_work, unit, curve=unit.optimizer in options.curves): unit
            for unit in wanted
        }
        for count, future in enumerate(as_completed(futures), 1):
            row, unit = future.result(), futures[future]
            with file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            score = sum(row["best"]["scores"]) / len(row["best"]["scores"])
            used = row.get("used", {}).get("calls", 0)
            told = f"  {row['error'].splitlines()[-1]}" if "error" in row else ""
            print(
                f"{count}/{len(wanted)}  {unit.task:28} {unit.seed}  {unit.optimizer:20}"
                f"{100 * score:6.1f}  {used:4} calls  {row.get('seconds', 0):6.0f} s{told}",
                flush=True,
            )


def _units(options: argparse.Namespace) -> Iterator[Unit]:
    """Seeds outermost, so that a table of unfinished work is a balanced one."""
    for task in options.tasks:
        yield Unit(task=task, seed=0, optimizer=BASE, calls=0)
    for calls in sorted(options.calls, reverse=True):
        for seed in range(1, options.seeds + 1):
            for task in options.tasks:
                for name in options.peers:
                    yield Unit(task=task, seed=seed, optimizer=name, calls=calls)


def _start(answers: Path, peers: Peers) -> None:
    global _ENDPOINT, _PEERS  # noqa: PLW0603  # one engine a process
    _ENDPOINT = Endpoint(EmbeddedModel(answers), score=score_answer)
    _PEERS = peers


def _work(unit: Unit, *, curve: bool) -> dict[str, Any]:
    return run_unit(unit, _ENDPOINT, _PEERS, curve=curve)


def _read(file: Path) -> list[dict[str, Any]]:
    """Results of the tasks as they are today; of several of one unit the last."""
    if not file.exists():
        return []
    present = {name: task_digest(task) for name, task in tasks().items()}
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if present.get(row["task"]) == row["task_digest"]:
            found[row["task"], row["seed"], row["optimizer"], row["calls"]] = row
    return list(found.values())


def _sections(
    rows: Sequence[dict[str, Any]], options: argparse.Namespace
) -> Iterator[tuple[str, str]]:
    """Title and Markdown of what the results say."""
    calls = max(options.calls)
    table = comparing.table_of(rows, calls)
    labeled = {name: tasks()[name] for name in options.tasks if tasks()[name].labels}
    constant = {name: _constant(task) for name, task in labeled.items()}
    yield (
        "Held-out score in points",
        _markdown(comparing.scores_table(table, options.tasks, constant)),
    )
    if len(lines := comparing.differences_table(table)) > 1 and len(lines[0]) > 1:
        yield "Ours minus the other, in points, with 95 % interval", _markdown(lines)
    if labeled:
        labels = {name: [str(c.expected) for c in task.test] for name, task in labeled.items()}
        even = comparing.evenly(table, labels)
        constant = {name: 1 / len(set(labels[name])) for name in labels}
        yield (
            "The same with every label weighing the same",
            _markdown(comparing.scores_table(even, list(labels), constant)),
        )
    if (curves := anytime.anytime_of(rows, calls)) is not None:
        yield "Calls to most of the gain", _anytime(curves)
    yield "What a run took, on average", _markdown(comparing.costs_table(rows, calls))
    if budgets := comparing.budgets_table(rows):
        yield "Mean held-out gain in points by budget of calls", _markdown(budgets)
    yield replay.TITLE, _markdown(replay.table())
    yield "Notes", "\n".join(f"- {note}" for note in _notes(rows, calls))


def _markdown(lines: Sequence[Sequence[str]]) -> str:
    return comparing.markdown_of(lines)


def _anytime(curves: anytime.Anytime) -> str:
    told = (
        f"Mean held-out gain of the wording that a run of the whole budget would return if it were "
        f"stopped after so many calls: {curves.tasks} tasks, {curves.runs} runs of each. An "
        "optimizer that never found another wording, or of which too few runs were scored on the "
        "way, has no row."
    )
    return "\n\n".join(
        [
            textwrap.fill(told, 120),
            _markdown(anytime.curve_table(curves)),
            _markdown(anytime.calls_table(curves)),
        ]
    )


def _constant(task: Task) -> float:
    """What the commonest label of the pool scores as the answer to every held-out case."""
    ((label, _),) = Counter(str(case.expected) for case in task.pool).most_common(1)
    return sum(task.score(case, label) for case in task.test) / len(task.test)


def _notes(rows: Sequence[dict[str, Any]], calls: int) -> Iterator[str]:
    """What a reader of the tables must know."""
    runs = [row for row in rows if row["optimizer"] != BASE and row["calls"] == calls]
    seeds = Counter((row["optimizer"], row["task"]) for row in runs)
    by_name: dict[str, list[int]] = {}
    for (name, _), count in sorted(seeds.items()):
        by_name.setdefault(name, []).append(count)
    for name, counts in by_name.items():
        few, many = min(counts), max(counts)
        each = counted(many, "seed") if few == many else f"{few} to {counted(many, 'seed')}"
        yield f"{name}: {counted(len(counts), 'task')}, {each} each."
    old = sorted({r["optimizer"] for r in rows if r["code"] != code_digest(r["optimizer"])})
    if old:
        yield f"Some runs are of an older version of: {', '.join(old)} (--again NAME)."
    for row in rows:
        if "error" in row:
            what = row["error"].strip().splitlines()[-1]
            yield f"{row['optimizer']} on {row['task']}, seed {row['seed']}: {what}"


def _page(sections: Mapping[str, str], options: argparse.Namespace) -> str:
    """The page with its sections made anew; sections that are not made here stay as they are."""
    command = f"--calls {' '.join(map(str, options.calls))} --seeds {options.seeds}"
    intro = textwrap.fill(
        f"Made by `python benchmarks/optimize_quality.py {command} --tasks"
        f" {' '.join(options.tasks)} --write`; the others come by `make peers-optimize`. The"
        " embedded model (135M parameters) answers, writes and reflects for all; each run has the"
        " same hard budget of calls; held-out scores are by one evaluator. Tasks are in"
        " `benchmarks/optimize_tasks.py`, each optimizer's settings at the head of its file in"
        " `benchmarks/optimizers`.",
        width=120,
        break_on_hyphens=False,
        break_long_words=False,
    )
    _, *parts = ("\n" + PAGE.read_text(encoding="utf-8")).split("\n## ")
    there = {title: text.strip() for title, _, text in (part.partition("\n") for part in parts)}
    made = [f"## {title}\n\n{text}" for title, text in (there | dict(sections)).items()]
    return "\n\n".join(["# Quality of optimization, beside other optimizers", intro, *made]) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", choices=list(tasks()), default=list(tasks()))
    parser.add_argument("--peers", nargs="+", choices=list(OPTIMIZERS), default=list(OPTIMIZERS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--calls", type=int, nargs="+", default=[150], help="budgets of calls")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once, a core each")
    parser.add_argument("--again", nargs="+", choices=[BASE, *OPTIMIZERS], default=[])
    parser.add_argument(
        "--curves",
        nargs="*",
        choices=list(OPTIMIZERS),
        default=list(OPTIMIZERS),
        help="whose calls to most of the gain are measured: each wording on the way is scored",
    )
    parser.add_argument("--minutes", type=float, default=60, help="longest run")
    parser.add_argument("--table", action="store_true", help="print what there is, run nothing")
    parser.add_argument("--write", action="store_true", help="write the reference page")
    parser.add_argument(
        "--out", type=Path, default=ROOT / ".promptops" / "benchmarks" / "optimize-quality"
    )
    parser.add_argument(
        "--python",
        type=Path,
        default=Path(os.environ.get("PROMPTOPS_OPTIMIZERS", ROOT / ".venv-optimizers/bin/python")),
        help="interpreter that has the peers",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
