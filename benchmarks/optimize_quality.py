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
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from optimize_sources import DATA
from optimize_tasks import tasks
from optimizers import comparing, replay
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
    sections = list(_sections(rows, max(options.calls), options.tasks))
    for title, lines in sections:
        print(f"\n{title}\n")
        print(comparing.text_of(lines))
    for note in _notes(rows):
        print(f"\n{note}")
    if options.write:
        PAGE.write_text(_page(sections, _notes(rows)), encoding="utf-8")
        print(f"\nwrote {PAGE.relative_to(ROOT)}")


def _run(options: argparse.Namespace, file: Path) -> None:
    """Run what is missing, each process with an engine of its own on one thread."""
    known = {
        Unit(task=row["task"], seed=row["seed"], optimizer=row["optimizer"], calls=row["calls"])
        for row in _read(file)
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
        futures = {pool.submit(_work, unit): unit for unit in wanted}
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


def _work(unit: Unit) -> dict[str, Any]:
    return run_unit(unit, _ENDPOINT, _PEERS)


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
    rows: Sequence[dict[str, Any]], calls: int, names: Sequence[str]
) -> Iterator[tuple[str, list[list[str]]]]:
    table = comparing.table_of(rows, calls)
    seeds = len({row["seed"] for row in rows if row["optimizer"] != BASE})
    yield (
        f"Held-out score in points, {calls} calls, mean of {seeds} seeds",
        comparing.scores_table(table, names),
    )
    if len(lines := comparing.differences_table(table)) > 1 and len(lines[0]) > 1:
        yield "Ours minus the other, in points, with 95 % interval", lines
    yield "What a run took, on average", comparing.costs_table(rows, calls)
    if budgets := comparing.budgets_table(rows):
        yield "Mean held-out gain in points by budget of calls", budgets
    yield replay.TITLE, replay.table()


def _notes(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What a reader of the tables must know."""
    notes = []
    old = sorted({r["optimizer"] for r in rows if r["code"] != code_digest(r["optimizer"])})
    if old:
        notes.append(f"Some runs are of an older version of: {', '.join(old)} (--again NAME).")
    for row in rows:
        if "error" in row:
            what = row["error"].strip().splitlines()[-1]
            notes.append(f"{row['optimizer']} on {row['task']}, seed {row['seed']}: {what}")
    return notes


def _page(sections: Sequence[tuple[str, list[list[str]]]], notes: Sequence[str]) -> str:
    parts = [
        "# Quality of optimization, beside other optimizers",
        (
            "Made by `python benchmarks/optimize_quality.py --jobs 2 --write`; the others come by"
            " `make peers-optimize`. The embedded model answers, writes and reflects for all; each"
            " run has the same hard budget of calls; held-out scores are by one evaluator. Tasks"
            " are in `benchmarks/optimize_tasks.py`, each optimizer's settings at the head of its"
            " file in `benchmarks/optimizers`."
        ),
    ]
    for title, lines in sections:
        parts += [f"## {title}", comparing.markdown_of(lines)]
    if notes:
        parts += ["## Notes", "\n".join(f"- {note}" for note in notes)]
    return "\n\n".join(parts) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", choices=list(tasks()), default=list(tasks()))
    parser.add_argument("--peers", nargs="+", choices=list(OPTIMIZERS), default=list(OPTIMIZERS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--calls", type=int, nargs="+", default=[150], help="budgets of calls")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once, a core each")
    parser.add_argument("--again", nargs="+", choices=list(OPTIMIZERS), default=[])
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
