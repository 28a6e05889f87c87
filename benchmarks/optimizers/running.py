"""One optimizer on one task: its process, the budget, and the score of what it found.

Whatever an optimizer says of itself does not count: the final prompt runs on the held-out cases
here, by the same model and the same scorer for all.
"""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimize_tasks import Task, tasks

from optimizers.peer import Template, fill
from optimizers.server import MODEL, Endpoint, Messages, Model
from promptops.core.canonical import digest, digest_file
from promptops.errors import ProviderRefusedError
from promptops.evaluation.requests import build_request
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.prompts.model import Prompt

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BASE = "unoptimized"
OURS = "ours"
UNJUDGED = "ours-no-verdict"
OPTIMIZERS: Mapping[str, str] = {
    OURS: "ours",
    UNJUDGED: "ours",
    "dspy-mipro": "dspy_mipro",
    "gepa": "gepa_reflection",
    "mlflow-gepa": "mlflow_gepa",
    "promptolution-capo": "promptolution_capo",
}
"""Name -> module of this package."""

OPTIONS: Mapping[str, Mapping[str, Any]] = {UNJUDGED: {"verdict": False}}
"""Settings of optimizers that share a module."""

_QUIET = {
    "DO_NOT_TRACK": "true",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_GENAI_EVAL_SKIP_TRACE_VALIDATION": "true",
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
    "OMP_NUM_THREADS": "1",
    "TQDM_DISABLE": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Unit:
    """What is run once: one optimizer with one seed and budget on one task."""

    task: str
    seed: int
    optimizer: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Where optimizers run and for how long.

    Args:
        python: Interpreter of the peers' environment.
        own_python: Interpreter that has PromptOps.
        work: Folder for jobs, results and logs.
        minutes: Longest run; what was found by then counts.
    """

    python: Path
    own_python: Path
    work: Path
    minutes: float


def scores_of(task: Task, model: Model, messages_of: "MessagesOf") -> tuple[list[float], float]:
    """Scores on the held-out cases, in their order, and mean tokens sent."""
    scores, tokens = [], 0
    for case in task.test:
        try:
            params = {"max_tokens": task.max_tokens, "temperature": 0.0}
            reply = model.reply(messages_of(case), params)
        except ProviderRefusedError:  # too long for the model: no answer, no point
            scores.append(0.0)
            continue
        tokens += reply.input_tokens
        scores.append(task.score(case, reply.text))
    return scores, tokens / len(task.test)


class MessagesOf:
    """Messages for a case by a final prompt: a template of messages, or a prompt of ours."""

    def __init__(self, final: Template | Mapping[str, Any]) -> None:
        """Take what an optimizer found."""
        self._prompt = Prompt.model_validate(final) if isinstance(final, Mapping) else None
        self._template = [] if isinstance(final, Mapping) else final

    def __call__(self, case: GoldenCase) -> Messages:
        """The conversation to send."""
        if self._prompt is not None:
            request = build_request(self._prompt, case.inputs, target=Target(model=MODEL))
            return [{"role": each.role, "content": each.content} for each in request.messages]
        last = self._template[-1]
        filled = {"role": last["role"], "content": fill(last["content"], case.inputs)}
        return [*self._template[:-1], filled]


def run_unit(unit: Unit, endpoint: Endpoint, peers: Peers, *, curve: bool) -> dict[str, Any]:
    """Optimize, then score: one row of results.

    Args:
        unit: What is run.
        endpoint: Answers.
        peers: Where it is run.
        curve: Whether each wording that it had for a while is scored as well.
    """
    task = tasks()[unit.task]
    started = time.perf_counter()
    name = f"{unit.task}-{unit.seed}-{unit.optimizer}-{unit.calls}"
    row: dict[str, Any] = {
        "task": unit.task,
        "seed": unit.seed,
        "optimizer": unit.optimizer,
        "calls": unit.calls,
        "task_digest": task_digest(task),
        "code": code_digest(unit.optimizer),
    }
    if unit.optimizer == BASE:
        found: dict[str, Any] = {"best": task.prompt().model_dump(mode="json", by_alias=True)}
    else:
        run = endpoint.open_run(
            name, budget=unit.calls, seed=unit.seed, log=peers.work / f"{name}.calls.jsonl"
        )
        found = _optimize(unit, task, endpoint.url, name, peers)
        row["used"] = run.record()
        row["seconds"] = round(time.perf_counter() - started, 1)
    for kind in ("best", "promoted"):
        if kind in found:
            scores, tokens = scores_of(task, endpoint.model, MessagesOf(found[kind]))
            row[kind] = {"scores": scores, "tokens": round(tokens, 1), "prompt": found[kind]}
    for step in found.get("trajectory", ()) if curve else ():
        step["scores"], _ = scores_of(task, endpoint.model, MessagesOf(step["messages"]))
    return row | {name: found[name] for name in found if name not in ("best", "promoted")}


def _optimize(unit: Unit, task: Task, url: str, name: str, peers: Peers) -> dict[str, Any]:
    """Run an optimizer's process; what it found and what it said."""
    file, out = peers.work / f"{name}.job.json", peers.work / f"{name}.result.json"
    out.unlink(missing_ok=True)
    file.write_text(json.dumps(job_of(unit, task, url, name, out)), encoding="utf-8")
    python = peers.own_python if OPTIMIZERS[unit.optimizer] == "ours" else peers.python
    note = run_process(python, OPTIMIZERS[unit.optimizer], [file], peers)
    if not out.exists():
        return {"best": task.prompt().model_dump(mode="json", by_alias=True), "error": note}
    return _found(json.loads(out.read_text(encoding="utf-8")), note)


def _found(result: dict[str, Any], note: str) -> dict[str, Any]:
    trajectory = result.pop("trajectory")
    kept: dict[str, Any] = {
        name: result[name]
        for name in ("promoted", "verdict", "reason", "proposer", "error", "tried")
        if name in result
    }
    if note and not result.get("finished"):
        kept["error"] = note
    best = result.get("prompt", trajectory[-1]["messages"])
    return {"best": best, "trajectory": _changes(trajectory), **kept}


def _changes(trajectory: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The notes of a run that name another wording than the one before; what held no call is out.

    A note is what the run would have returned from so many calls on: calls, the score by the
    optimizer's own cases, and messages.
    """
    last = {each["calls"]: each for each in trajectory}
    changes: list[dict[str, Any]] = []
    for each in last.values():
        if not changes or each["messages"] != changes[-1]["messages"]:
            changes.append(each)
    return changes


def run_process(python: Path, module: str, files: Sequence[Path], peers: Peers) -> str:
    """Run an optimizer's module over jobs; why it ended early, or nothing."""
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    paths = [HERE.parent, ROOT] if python == peers.own_python else [HERE.parent]
    environment |= _QUIET | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    environment["PROMPTOPS_DATA"] = str(
        Path(environment.get("PROMPTOPS_DATA", ROOT.parent / "shared" / "data")).absolute()
    )
    log = files[0].with_suffix(".log")
    with log.open("w", encoding="utf-8") as stream:
        try:
            done = subprocess.run(
                [str(python), "-m", f"optimizers.{module}", *map(str, files)],
                cwd=peers.work,
                env=environment,
                stdout=stream,
                stderr=subprocess.STDOUT,
                timeout=60 * peers.minutes,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"stopped after {peers.minutes:g} minutes"
    if done.returncode:
        return f"exit status {done.returncode}: {_tail(log)}"
    return ""


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-600:].strip()


def job_of(unit: Unit, task: Task, url: str, key: str, out: Path) -> dict[str, Any]:
    """The job's file; see `optimizers.peer.Job`."""
    return {
        "task": task.name,
        "instruction": task.instruction,
        "user": task.user,
        "variables": list(task.variables),
        "max_tokens": task.max_tokens,
        "cases": [
            {"id": case.id, "inputs": dict(case.inputs), "expected": case.expected}
            for case in task.pool
        ],
        "seed": unit.seed,
        "calls": unit.calls,
        "url": url,
        "key": key,
        "model": MODEL,
        "out": str(out),
        "options": dict(OPTIONS.get(unit.optimizer, {})),
    }


def score_answer(task: str, case: str, answer: str) -> float:
    """Score an answer to a case of the pool; what the endpoint offers to optimizers."""
    known = tasks()[task]
    found = next(each for each in known.pool if each.id == case)
    return known.score(found, answer)


def task_digest(task: Task) -> str:
    """What a result depends on beside the optimizer."""
    cases = [case.to_json() for case in (*task.pool, *task.test)]
    return digest([task.instruction, task.user, task.metric, list(task.labels), cases])


def code_digest(optimizer: str) -> str:
    """What an optimizer's result depends on in this repository."""
    files = [HERE / "peer.py"]
    if optimizer in OPTIMIZERS:
        files.append(HERE / f"{OPTIMIZERS[optimizer]}.py")
    if OPTIMIZERS.get(optimizer) == "ours":
        files += sorted((ROOT / "promptops" / "optimize").rglob("*.py"))
    return digest([digest_file(file) for file in files])
