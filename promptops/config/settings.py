"""Typed settings, each with the place it came from.

Precedence: flags, environment (``PROMPTOPS_LLM_MODEL`` sets ``llm.model``), ``promptops.toml``,
defaults.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from promptops.config.workspace import Workspace
from promptops.core.files import read_text
from promptops.core.suggest import did_you_mean
from promptops.errors import SettingsError

_ENVIRONMENT_PREFIX = "PROMPTOPS_"
_SHORT = 60
_NOT_SETTINGS = {"PROMPTOPS_WORKSPACE", "PROMPTOPS_DATA", "PROMPTOPS_DEBUG"}


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class General(_Group):
    """The workspace itself."""

    name: str = Field("workspace", description="Name shown in reports, packs and experiments.")
    seed: int = Field(7, description="Seed of every random choice.")


class LLM(_Group):
    """Calls to language models."""

    model: str = Field(
        "embedded/smollm2-135m", description="Model that runs prompts: a LiteLLM model id."
    )
    proposer: str = Field(
        "", description="Model that writes LLM proposals; empty: only deterministic proposers."
    )
    judge: str = Field(
        "", description="Model that judges answers (llm_judge and others); empty: none."
    )
    timeout_s: float = Field(120.0, gt=0, description="Seconds one call may take.")
    retries: int = Field(2, ge=0, description="Further tries after a passing failure.")
    concurrency: int = Field(8, ge=1, description="Calls at once for a hosted provider.")
    embedded_concurrency: int = Field(
        1, ge=1, description="Calls at once for the embedded model (it computes on your cores)."
    )
    threads: int = Field(
        0, ge=0, description="Threads of the embedded model; 0: all cores but one."
    )
    context: int = Field(2048, ge=256, description="Context window of the embedded model, tokens.")
    weights: str = Field(
        "", description="Folder of downloaded weights; empty: the user's cache folder."
    )


class Embedding(_Group):
    """Embedding of texts."""

    backend: Literal["onnx", "sentence-transformers", "litellm"] = Field(
        "onnx", description="Who computes embeddings; `onnx` knows only `minilm`, and is fastest."
    )
    model: str = Field("minilm", description="`minilm` (packaged, offline) or a model id or path.")


class Tracking(_Group):
    """Where runs are compared."""

    uri: str = Field("", description="MLflow tracking URI; empty: SQLite in the state folder.")


class Nightly(_Group):
    """The nightly flow and its budget."""

    calls: int = Field(3000, ge=0, description="LLM calls that a night may make.")
    usd: float = Field(5.0, ge=0, description="USD that a night may spend.")
    minutes: float = Field(60.0, gt=0, description="Minutes after which no new work is begun.")
    optimize_calls: int = Field(140, ge=0, description="LLM calls of one prompt's optimization.")
    optimize_prompts: int = Field(
        8, ge=0, description="Prompts optimized in a night: the worst and dearest first."
    )
    goal: Literal["accuracy", "shorter", "cheaper", "faster", "balanced"] = Field(
        "balanced", description="What a better prompt is."
    )
    families: tuple[str, ...] = Field(
        ("claude", "gpt", "qwen"), description="Model families to rewrite for."
    )
    rewrite_prompts: int = Field(
        4, ge=0, description="Prompts rewritten for other families in a night: people must review."
    )
    pack: str = Field("", description="Pack to build as a candidate; empty: the first one found.")
    schedule: str = Field("0 2 * * *", description="Cron schedule of the deployment, in UTC.")


class Retrieval(_Group):
    """Regression of prompts that retrieve."""

    margin: float = Field(
        0.02, ge=0, description="Loss of score that still counts as no worse (non-inferiority)."
    )


class Settings(_Group):
    """Everything that can be set, in groups."""

    general: General = General()
    llm: LLM = LLM()
    embedding: Embedding = Embedding()
    tracking: Tracking = Tracking()
    nightly: Nightly = Nightly()
    retrieval: Retrieval = Retrieval()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value with its origin, for ``promptops config show``."""

    name: str
    value: Any
    source: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings, and where each value came from."""

    settings: Settings
    sources: Mapping[str, str]

    def __iter__(self) -> Iterator[Setting]:
        """Every setting in order."""
        for group_name, field in Settings.model_fields.items():
            group = getattr(self.settings, group_name)
            assert isinstance(field.annotation, type)
            for name, info in type(group).model_fields.items():
                key = f"{group_name}.{name}"
                yield Setting(
                    name=key,
                    value=getattr(group, name),
                    source=self.sources.get(key, "default"),
                    description=info.description or "",
                )


def load_settings(
    workspace: Workspace,
    overrides: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """The settings of a workspace.

    Args:
        workspace: Whose ``promptops.toml`` is read.
        overrides: ``{"llm.model": …}`` from flags; None values are passed over.
        environment: The environment; the process's own when not given.

    Raises:
        SettingsError: An unknown name or a value that does not fit, with its place.
    """
    layers: list[tuple[str, dict[str, Any]]] = [
        (str(workspace.settings_file.name), _from_file(workspace)),
        ("environment", _from_environment(os.environ if environment is None else environment)),  # noqa: TID251
        ("flag", {key: value for key, value in (overrides or {}).items() if value is not None}),
    ]
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for source, layer in layers:
        for key, value in layer.items():
            values[key] = value
            sources[key] = _environment_name(key) if source == "environment" else source
    nested: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        group, _, name = key.partition(".")
        nested.setdefault(group, {})[name] = value
    try:
        return Loaded(settings=Settings.model_validate(nested), sources=sources)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"][:2])
        source = sources.get(key, "")
        in_file = source in ("", workspace.settings_file.name)
        place = str(workspace.settings_file) if in_file else source
        raise SettingsError(_said(first), where=f"{place}: {key}") from problem


def _said(error: ErrorDetails) -> str:
    """What does not fit, with the value as far as it is short."""
    message = error["msg"]
    value = repr(error["input"])
    return f"{message}, not {value}" if len(value) <= _SHORT else message


def _known() -> set[str]:
    return {
        f"{group}.{name}"
        for group, field in Settings.model_fields.items()
        for name in field.annotation.model_fields  # type: ignore[union-attr]
    }


def _from_file(workspace: Workspace) -> dict[str, Any]:
    path = workspace.settings_file
    try:
        tree = tomllib.loads(read_text(path, SettingsError))
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"not TOML: {problem}", where=str(path)) from problem
    except (ValueError, RecursionError) as problem:
        # Python's own limits, told in words for programmers.
        raise SettingsError(
            "a number is too long, or values are nested too deep", where=str(path)
        ) from problem
    known = _known()
    values: dict[str, Any] = {}
    groups = set(Settings.model_fields)
    for group, content in tree.items():
        if group not in groups or not isinstance(content, dict):
            hint = did_you_mean(group, groups)
            raise SettingsError(f'unknown setting "{group}"', where=str(path), hint=hint)
        for name, value in content.items():
            key = f"{group}.{name}"
            if key not in known:
                raise SettingsError(
                    f'unknown setting "{key}"', where=str(path), hint=did_you_mean(key, known)
                )
            values[key] = value
    return values


def _environment_name(key: str) -> str:
    return _ENVIRONMENT_PREFIX + key.upper().replace(".", "_")


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    by_name = {_environment_name(key): key for key in _known()}
    values: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(_ENVIRONMENT_PREFIX) or name in _NOT_SETTINGS:
            continue
        if name not in by_name:
            raise SettingsError(
                f"no setting is set by {name}", where=name, hint=did_you_mean(name, by_name)
            )
        key = by_name[name]
        # A tuple in the environment is written with commas.
        values[key] = value.split(",") if key == "nightly.families" else value
    return values
