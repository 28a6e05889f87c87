"""What ``promptops doctor`` looks at. Nothing heavy is imported, nothing is changed."""

import importlib.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from promptops.errors import PromptOpsError

if TYPE_CHECKING:
    from promptops.wiring import Services

Status = Literal["ok", "warning", "failed"]

_LIBRARIES = (
    *("litellm", "xllamacpp", "sentence-transformers", "torch", "faiss-cpu", "mlflow", "prefect"),
    *("dvc", "ragas", "datasets", "great-expectations"),
)
# Each of these was seen to break something; the reason is what breaks.
_TOO_NEW = {
    "fastapi": ((0, 151), "Prefect's server cannot start"),
    "sqlalchemy": ((2, 1), "Prefect's schedules create no runs"),
}
_ROOM = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at; ``advice`` says what to do when it is not ok."""

    name: str
    status: Status
    found: str
    advice: str = ""


def machine_checks() -> Iterator[Check]:
    """Python, the libraries, and what slows them down."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Check(name="python", status="ok", found=f"{python}, {os.cpu_count()} cores")
    if sys.dont_write_bytecode:
        yield Check(
            name="bytecode",
            status="warning",
            found="PYTHONDONTWRITEBYTECODE is set",
            advice="unset it: every start compiles all libraries anew, 4 to 8 times slower",
        )
    missing = [name for name in _LIBRARIES if _version(name) is None]
    found = f"{len(_LIBRARIES) - len(missing)} of {len(_LIBRARIES)} installed"
    if missing:
        advice = f"install {', '.join(missing)}"
        yield Check(name="libraries", status="failed", found=found, advice=advice)
    else:
        yield Check(name="libraries", status="ok", found=found)
    for name, (limit, trouble) in _TOO_NEW.items():
        installed = _version(name)
        if installed is not None and _numbers(installed) >= limit:
            below = ".".join(str(part) for part in limit)
            advice = f"install {name}<{below}: {trouble}"
            yield Check(name=name, status="failed", found=installed, advice=advice)
    for name in ("flows", "tasks"):
        yield from _shadowed(name)


def workspace_checks(services: "Services") -> Iterator[Check]:
    """Settings, prompts, data, state and models of one workspace."""
    root = services.workspace.root
    yield Check(name="workspace", status="ok", found=f"{services.settings.general.name} in {root}")
    yield from _prompts(services)
    for name, look in (
        ("policies", _policies),
        ("packs", _packs),
        ("lint settings", _lint_settings),
        ("model", _model),
        ("embedding", _embedding),
    ):
        yield _told(name, look, services)
    yield from _state(services.workspace.state)


def _told(name: str, look: "Callable[[Services], str]", services: "Services") -> Check:
    try:
        return Check(name=name, status="ok", found=look(services))
    except PromptOpsError as problem:
        where = f"{problem.where}: " if problem.where else ""
        found = f"{where}{problem.message}"
        return Check(name=name, status="failed", found=found, advice=problem.hint)


def _prompts(services: "Services") -> Iterator[Check]:
    files, broken = services.registry.load_all()
    for problem in broken:
        yield Check(name="prompts", status="failed", found=str(problem), advice="mend the file")
    yield Check(name="prompts", status="ok", found=f"{len(files)} can be read")
    root = services.workspace.root
    sets = sorted({item.dataset for file in files for item in file.prompt.evals})
    missing = [dataset for dataset in sets if not (root / dataset).is_file()]
    for dataset in missing:
        advice = "write it, or take the eval out of the prompt"
        yield Check(name="golden sets", status="failed", found=f"{dataset} missing", advice=advice)
    if sets and not missing:
        yield Check(name="golden sets", status="ok", found=f"{len(sets)} are there")


def _policies(services: "Services") -> str:
    from promptops.routing.loading import load_policies

    return f"{len(load_policies(services.workspace.policies))} can be read"


def _packs(services: "Services") -> str:
    from promptops.packs.loading import load_definitions

    return f"{len(load_definitions(services.workspace.packs))} definitions can be read"


def _lint_settings(services: "Services") -> str:
    from promptops.operations.linting import lint_options

    return f"{len(lint_options(services).rules())} rules"


def _model(services: "Services") -> str:
    from promptops.llm.embedded.weights import is_embedded, weights_path

    card = services.catalog.get(services.settings.llm.model)
    if is_embedded(card.id):
        return f"{card.id} in {weights_path(card.id, services.weights)}"
    return f"{card.id}; the key of {card.provider} is checked when it is first called"


def _embedding(services: "Services") -> str:
    setting = services.settings.embedding
    return f"{setting.model} by {setting.backend}"


def _state(folder: Path) -> Iterator[Check]:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        advice = "move it away: state is kept in a folder of this name"
        yield Check(name="state", status="failed", found=f"{there} is no folder", advice=advice)
        return
    if not os.access(there, os.W_OK):
        advice = "make it writable, or work on a copy"
        yield Check(name="state", status="failed", found=f"{there} is read-only", advice=advice)
        return
    free = shutil.disk_usage(there).free
    found = f"{folder}, {free / 1e9:.1f} GB free"
    if free < _ROOM:
        yield Check(name="state", status="warning", found=found, advice="free some space")
    else:
        yield Check(name="state", status="ok", found=found)
    for path in sorted(folder.glob("*.db")):
        yield _database(path)


def _database(path: Path) -> Check:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as problem:
        verdict = str(problem)
    if verdict == "ok":
        found = f"{path.stat().st_size / 1e6:.1f} MB, sound"
        return Check(name=path.name, status="ok", found=found)
    advice = f"move {path} and its -wal and -shm files away: it is made anew"
    return Check(name=path.name, status="failed", found=verdict, advice=advice)


def _shadowed(name: str) -> Iterator[Check]:
    home = Path(__file__).resolve().parents[2]
    spec = importlib.util.find_spec(name)
    place = Path(spec.origin).resolve() if spec and spec.origin else None
    if place is None or place.parent.parent != home:
        found = f'"{name}" is {place or "missing"}'
        advice = f"another package of that name stands in front of {home / name}"
        yield Check(name=name, status="failed", found=found, advice=advice)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())
