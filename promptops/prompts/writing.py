"""Writing prompts: stable and readable, so that a diff of two versions shows what changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON
from promptops.core.files import write_atomic
from promptops.prompts.comments import carry_comments
from promptops.prompts.emitter import Path as ValuePath
from promptops.prompts.emitter import emit
from promptops.prompts.loader import PromptFile, parse_prompt
from promptops.prompts.model import MessageTemplate, Prompt, Tool, Variable

_SPREAD = {"variables", "messages", "tools", "variants", "evals"}


def dump_prompt(prompt: Prompt, *, like: PromptFile | None = None) -> str:
    """The YAML text of a prompt.

    Equal prompts give equal text, and reading the text gives an equal prompt.

    Args:
        prompt: What to write.
        like: A file whose comments are kept, each at the key it stood at.
    """
    text = emit(prompt_document(prompt), block=spread)
    return carry_comments(like.document, text) if like is not None else text


def save_prompt(prompt: Prompt, path: Path, *, like: PromptFile | None = None) -> None:
    """Write a prompt file, atomically, after reading its text back.

    Raises:
        PromptSyntaxError: The prompt could not be loaded again; nothing is written.
        StorageError: The file cannot be written.
    """
    text = dump_prompt(prompt, like=like)
    parse_prompt(text, path)
    write_atomic(path, text)


def prompt_document(prompt: Prompt) -> dict[str, JSON]:
    """The keys and values of a prompt file in their order; what is empty or default is left out."""
    fields: dict[str, JSON] = {
        "apiVersion": prompt.api_version,
        "kind": prompt.kind,
        "id": prompt.id,
        "version": prompt.version,
        "title": prompt.title,
        "intent": prompt.intent,
        "owner": _plain(prompt.owner),
        "license": prompt.license,
        "tags": list(prompt.tags),
        "data": _plain(prompt.data),
        "variables": {name: _variable(value) for name, value in prompt.variables.items()},
        "messages": _messages(prompt.messages),
        "output": {"schema": prompt.output.schema_} if prompt.output else None,
        "tools": [_tool(tool) for tool in prompt.tools],
        "model": _plain(prompt.model),
        "variants": [
            {
                "id": variant.id,
                **({"when": variant.when} if variant.when else {}),
                **({"messages": _messages(variant.messages)} if variant.messages else {}),
                **({"params": variant.params} if variant.params else {}),
                **({"derived": _plain(variant.derived)} if variant.derived else {}),
            }
            for variant in prompt.variants
        ],
        "retrieval": _plain(prompt.retrieval),
        "evals": [_plain(item) for item in prompt.evals],
        "compliance": _plain(prompt.compliance),
    }
    kept = {key: value for key, value in fields.items() if value not in (None, [], {}, ())}
    return {**kept, **prompt.extra}


def spread(path: ValuePath) -> bool:
    """Whether a collection of a prompt file is always spread over lines."""
    if len(path) == 1:
        return path[0] in _SPREAD
    of_list = len(path) == 2 and path[0] in ("messages", "tools", "variants")
    return of_list or path[-1] in ("messages", "properties")


def _messages(messages: tuple[MessageTemplate, ...]) -> list[JSON]:
    return [{"role": message.role, "content": message.content} for message in messages]


def _tool(tool: Tool) -> dict[str, JSON]:
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        **({"strict": True} if tool.strict else {}),
    }


def _variable(variable: Variable) -> dict[str, JSON]:
    optional = variable.default is None and not variable.required
    return {
        "type": variable.type,
        **({"required": True} if variable.required else {}),
        **({"required": False} if optional else {}),
        **({"enum": list(variable.enum)} if variable.enum else {}),
        **({} if variable.default is None else {"default": variable.default}),
        **_plain(variable, "max_length", "items", "max_items"),
        **({} if variable.trust == "trusted" else {"trust": variable.trust}),
        **_plain(variable, "description"),
    }


def _plain(record: Any, *names: str) -> dict[str, JSON]:
    """The fields of a record as JSON, without what is empty."""
    if record is None:
        return {}
    values: dict[str, JSON] = record.model_dump(
        include=set(names) or None, exclude_none=True, by_alias=True
    )
    return _without_empty(values)


def _without_empty(values: Mapping[str, JSON]) -> dict[str, JSON]:
    kept = {}
    for key, value in values.items():
        if value not in ([], {}, ()):
            kept[key] = list(value) if isinstance(value, tuple) else value
    return kept
