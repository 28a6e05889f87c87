"""Pack definitions from files, and the prompts they select."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from promptops.core.files import read_text
from promptops.core.suggest import did_you_mean
from promptops.errors import PackError, PromptOpsError, PromptSyntaxError
from promptops.packs.definition import PackDefinition
from promptops.prompts.loader import PromptFile
from promptops.prompts.registry import SUFFIX, path_of
from promptops.prompts.schema_errors import validate
from promptops.prompts.strict_yaml import read_yaml


def load_definition(path: Path) -> PackDefinition:
    """Read one definition file.

    Raises:
        PackError: The file is missing, not YAML, or not a definition; names line and field.
    """
    return parse_definition(read_text(path, PackError), str(path))


def parse_definition(text: str, where: str) -> PackDefinition:
    """Read a definition from text.

    Raises:
        PackError: See `load_definition`.
    """
    try:
        return validate(read_yaml(text, where), PackDefinition)
    except PromptSyntaxError as problem:
        raise PackError(problem.message, where=problem.where, hint=problem.hint) from problem


def load_definitions(
    folder: Path, broken: list[PromptOpsError] | None = None
) -> tuple[PackDefinition, ...]:
    """Every ``*.yaml`` of a folder, by file name; none when there is no folder.

    Args:
        folder: Where they are.
        broken: Gets what is wrong with files that are left out; None: the first ends the loading.

    Raises:
        PackError: A broken file, or two packs of one id.
    """
    definitions: dict[str, PackDefinition] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            _add(definitions, load_definition(path), path)
        except PackError as problem:
            if broken is None:
                raise
            broken.append(problem)
    return tuple(definitions.values())


def _add(definitions: dict[str, PackDefinition], definition: PackDefinition, path: Path) -> None:
    if definition.id in definitions:
        raise PackError(f"a second pack is called {definition.id}", where=str(path))
    definitions[definition.id] = definition


def area_of(file: PromptFile) -> str:
    """The folder a prompt file lies in."""
    return file.path.parent.name


def select(
    definition: PackDefinition,
    files: Sequence[PromptFile],
    broken: Sequence[PromptSyntaxError] = (),
) -> tuple[PromptFile, ...]:
    """The prompts of a pack, by id.

    Args:
        definition: The pack.
        files: The prompts that can be read.
        broken: What is wrong with the files that cannot.

    Raises:
        PackError: A selector that selects nothing, or a version that is not the present one; or
            nothing of the pack can be read.
    """
    chosen: dict[str, PromptFile] = {}
    for selector in definition.prompts:
        found = [file for file in files if _selects(selector, file)]
        if not found and not any(_names(selector, path_of(problem)) for problem in broken):
            raise _nothing(definition, selector, files)
        chosen.update({file.prompt.id: file for file in found})
    for selector in definition.exclude:
        for file in files:
            if _selects(selector, file):
                chosen.pop(file.prompt.id, None)
    if not chosen:
        if unread := selected_broken(definition, broken):
            first = unread[0]
            raise PackError(
                f"none of its prompts can be read, {len(unread)} in all: {first.message}",
                where=first.where,
                hint=first.hint,
            )
        raise PackError("every selected prompt is excluded again", where=definition.id)
    return tuple(chosen[prompt_id] for prompt_id in sorted(chosen))


def selected_broken(
    definition: PackDefinition, broken: Sequence[PromptSyntaxError]
) -> tuple[PromptSyntaxError, ...]:
    """What is wrong with files that a pack selects, by the folder and the name of the file."""
    return tuple(
        problem
        for problem in broken
        if any(_names(selector, path_of(problem)) for selector in definition.prompts)
        and not any(_names(selector, path_of(problem)) for selector in definition.exclude)
    )


def _names(selector: str, path: Path) -> bool:
    """Whether a selector names a prompt file, whatever its version is."""
    pattern = selector.partition("@")[0]
    prompt_id = path.name.removesuffix(SUFFIX)
    return fnmatchcase(f"{path.parent.name}/{prompt_id}", pattern) or fnmatchcase(
        prompt_id, pattern
    )


def _selects(selector: str, file: PromptFile) -> bool:
    version = selector.partition("@")[2]
    return _names(selector, file.path) and version in ("", file.prompt.version)


def _nothing(definition: PackDefinition, selector: str, files: Sequence[PromptFile]) -> PackError:
    pattern, _, version = selector.partition("@")
    others = [file.prompt.version for file in files if version and _selects(pattern, file)]
    if others:
        return PackError(
            f"{pattern} is at version {others[0]}, not {version}",
            where=definition.id,
            hint="take the version out of the definition or release that version",
        )
    return PackError(
        f"no prompt is selected by {selector}",
        where=definition.id,
        hint=did_you_mean(selector, [file.prompt.id for file in files]),
    )
