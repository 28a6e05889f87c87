"""What an argument names: prompt files, values for variables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from promptops.core.canonical import JSON
from promptops.core.files import read_text
from promptops.errors import PromptSyntaxError, RenderError, UsageError

if TYPE_CHECKING:
    from promptops.prompts.loader import PromptFile
    from promptops.prompts.model import Prompt
    from promptops.wiring import Services


def find_prompt(services: "Services", text: str) -> "PromptFile":
    """The prompt file that an argument names: a path, or a reference.

    Raises:
        UnknownPromptError: No prompt has this id or version.
        PromptSyntaxError: The file is broken.
    """
    from promptops.prompts.loader import load_prompt

    if is_path(text):
        return load_prompt(Path(text))
    return services.registry.get(text)


def is_path(text: str) -> bool:
    """Whether an argument is meant as a path rather than a prompt's id."""
    return "/" in text or text.endswith((".yaml", ".yml")) or text == "."


def chosen_files(
    services: "Services", texts: Sequence[str]
) -> "tuple[tuple[PromptFile, ...], tuple[PromptSyntaxError, ...]]":
    """The prompts named; without names every one of the registry, and what is wrong with the rest.

    Raises:
        UnknownPromptError: No prompt has this id or version.
        PromptSyntaxError: A file named is broken.
    """
    if texts:
        return tuple(find_prompt(services, text) for text in texts), ()
    return services.registry.load_all()


def read_values(prompt: "Prompt", pairs: Sequence[str], file: Path | None) -> dict[str, JSON]:
    """Values for a prompt's variables from ``name=value`` pairs over a JSON file.

    A value is read as JSON where the variable is not a string; ``name=@file`` reads a file's text.

    Raises:
        UsageError: A pair without ``=``; a JSON file that is none.
        RenderError: A value that is not JSON where it has to be.
    """
    values: dict[str, JSON] = {}
    if file is not None:
        values.update(_json_object(file))
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"{pair!r} gives no value", hint="write --set name=value")
        if text.startswith("@"):
            text = read_text(Path(text[1:]), UsageError)
        variable = prompt.variables.get(name)
        if variable is None or variable.type == "string":
            values[name] = text
            continue
        try:
            values[name] = json.loads(text)
        except ValueError as problem:
            raise RenderError(
                f'the value of "{name}" is no JSON: {problem}',
                where=prompt.id,
                hint=f"it is declared as {variable.type}",
            ) from problem
    return values


def _json_object(file: Path) -> dict[str, JSON]:
    try:
        value = json.loads(read_text(file, UsageError))
    except ValueError as problem:
        raise UsageError(f"not JSON: {problem}", where=str(file)) from problem
    if not isinstance(value, dict):
        raise UsageError("one JSON object of variable names and values", where=str(file))
    return value
