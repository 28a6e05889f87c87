"""promptfoo configurations as a whole: prompts, tests, and what is not imported.

Source: promptfoo's documentation, "Configuration overview" and "Reference"; read 2026-11-22.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from promptops.core.canonical import JSON
from promptops.core.files import read_text
from promptops.errors import ImportFormatError, PromptSyntaxError
from promptops.prompts.formats.loose_yaml import read_loose_yaml
from promptops.prompts.formats.promptfoo_files import Note, read_strictly
from promptops.prompts.formats.promptfoo_prompts import FooPrompt, read_prompts
from promptops.prompts.formats.promptfoo_tests import FooTest, read_tests

_NAME = re.compile(r"promptfooconfig[\w.-]*\.(?:ya?ml|json)", re.IGNORECASE)
_PASSED_THROUGH = "{{prompt}}"  # the prompt of a configuration that has none
_BEARS = ("tests", "providers", "targets", "defaultTest")
_QUIET = frozenset(
    {
        *("$schema", "description", "prompts", "tests", "defaultTest", "assertionTemplates"),
        *("providers", "targets"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FooSuite:
    """What a configuration holds; ``notes`` tell everything that is not in the rest."""

    name: str
    prompts: tuple[FooPrompt, ...]
    tests: tuple[FooTest, ...]
    notes: tuple[Note, ...]


def is_promptfoo(path: Path) -> bool:
    """Whether a file is a promptfoo configuration, by its name or by its keys."""
    if not path.is_file() or path.suffix.lower() not in (".yaml", ".yml", ".json"):
        return False
    if _NAME.fullmatch(path.name):
        return True
    try:
        value = read_loose_yaml(read_text(path, ImportFormatError), path.name).value
    except (ImportFormatError, PromptSyntaxError):
        return False
    return isinstance(value, Mapping) and "prompts" in value and any(key in value for key in _BEARS)


def read_suite(path: Path) -> FooSuite:
    """Read a configuration with the files it names.

    Raises:
        ImportFormatError: Not YAML, not a configuration, or one without a prompt that can be had.
    """
    try:
        config = read_strictly(read_text(path, ImportFormatError), str(path))
    except PromptSyntaxError as problem:
        raise ImportFormatError(problem.message, where=problem.where) from problem
    if not isinstance(config, Mapping) or not config.keys() & {"prompts", "tests"}:
        raise ImportFormatError("this is no promptfoo configuration", where=str(path))
    folder, where = path.parent, path.name
    found = list(read_prompts(config.get("prompts", _PASSED_THROUGH), folder, where))
    prompts = tuple(each for each in found if isinstance(each, FooPrompt))
    notes = [each for each in found if isinstance(each, Note)]
    if not prompts:
        first = notes[0] if notes else Note(where=str(path), text="there are none")
        raise ImportFormatError(f"no prompt could be imported: {first.text}", where=first.where)
    tests = list(read_tests(config, folder, where))
    notes += [each for each in tests if isinstance(each, Note)]
    return FooSuite(
        name=str(config.get("description") or path.resolve().parent.name),
        prompts=prompts,
        tests=tuple(each for each in tests if isinstance(each, FooTest)),
        notes=(*_about(config, where), *notes),
    )


def _about(config: Mapping[str, JSON], where: str) -> Iterator[Note]:
    """Notes on keys that have no equal here, and on the models."""
    for key in config:
        if key not in _QUIET:
            yield Note(where=where, text=f"`{key}` is not imported")
    providers = config.get("providers", config.get("targets")) or []
    for provider in providers if isinstance(providers, list) else [providers]:
        named = provider
        if isinstance(provider, Mapping):
            named = provider.get("id") or next(iter(provider), "")
        model = model_id(str(named))
        use = f"use it with `promptops evaluate --model {model}`" if model else "it is not imported"
        if isinstance(provider, Mapping) and provider.get("config"):
            use += "; its `config` is not imported: set model.params in the prompts"
        yield Note(where=where, text=f"provider {named}: {use}")


def model_id(provider: str) -> str:
    """The LiteLLM id of a provider such as ``openai:chat:gpt-5-mini``; empty when there is none."""
    parts = provider.split(":")
    if len(parts) < 2 or not re.fullmatch(r"[a-z]{2,20}", parts[0]) or parts[0] in _NOT_MODELS:
        return ""
    return f"{_FAMILIES.get(parts[0], parts[0])}/{parts[-1]}"


_FAMILIES = {"google": "gemini", "vertex": "vertex_ai", "togetherai": "together_ai"}
_NOT_MODELS = frozenset({"file", "exec", "python", "http", "https", "webhook", "package", "ws"})
