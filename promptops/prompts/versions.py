"""Versions computed from the contract: nobody chooses a number.

What breaks a caller is major: a variable removed, renamed, retyped, newly required or narrowed, an
output that changed other than by an optional property, a tool removed, renamed or with other
arguments, a variant that is gone. What adds is minor: an optional variable, a tool, a variant, a
wider value range. Wording, descriptions, parameters and retrieval settings are a patch. What cannot
change behavior (title, tags, evals, …) needs no new version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from promptops.core.canonical import JSON
from promptops.prompts.digests import variable_meaning
from promptops.prompts.model import MessageTemplate, Prompt, Tool, Variable
from promptops.prompts.strict_yaml import pointer_to

Bump = Literal["major", "minor", "patch", "none"]
Kind = Literal["added", "removed", "changed", "renamed"]
_ORDER: tuple[Bump, ...] = ("none", "patch", "minor", "major")
_ANNOTATIONS = {"title", "description", "examples", "default", "$comment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two prompts.

    Attributes:
        path: JSON pointer of what changed, in the new prompt where it is there.
        kind: What happened; ``renamed`` has the names in ``old`` and ``new``.
        old: The value before, None when it was not there.
        new: The value after, None when it is gone.
        bump: The least new version that this change asks for.
    """

    path: str
    kind: Kind
    old: JSON
    new: JSON
    bump: Bump


def required_bump(old: Prompt, new: Prompt) -> Bump:
    """The part of the version that must go up, ``none`` when behavior cannot differ."""
    return largest(change.bump for change in behavior_changes(old, new))


def next_version(old: Prompt, new: Prompt) -> str:
    """The version of ``new`` as the successor of ``old``."""
    bump = required_bump(old, new)
    core, _, pre_release = old.version.partition("-")
    major, minor, patch = (int(part) for part in core.split("."))
    if bump == "none":
        return old.version
    if bump == "major":
        return f"{major + 1}.0.0"
    if bump == "minor":
        return f"{major}.{minor + 1}.0"
    return core if pre_release else f"{major}.{minor}.{patch + 1}"


def largest(bumps: Iterator[Bump]) -> Bump:
    """The largest of several bumps."""
    return max(bumps, key=_ORDER.index, default="none")


def behavior_changes(old: Prompt, new: Prompt) -> Iterator[Change]:
    """Every difference that can change behavior, in the order of the file's keys."""
    yield from _variables(old, new)
    yield from _messages("/messages", old.messages, new.messages)
    old_schema = old.output.schema_ if old.output else None
    new_schema = new.output.schema_ if new.output else None
    if old_schema != new_schema:
        bump = _schema_bump(old_schema, new_schema)
        yield _change("/output/schema", old_schema, new_schema, bump)
    yield from _tools(old.tools, new.tools)
    for part, bump in (("requires", "minor"), ("params", "patch")):
        before = getattr(old.model, part) if old.model else {}
        after = getattr(new.model, part) if new.model else {}
        yield from _members(f"/model/{part}", before, after, bump)
    yield from _variants(old, new)
    before = old.retrieval.model_dump() if old.retrieval else None
    after = new.retrieval.model_dump() if new.retrieval else None
    if before is not None and after is not None:
        yield from _members("/retrieval", before, after, "patch")
    elif before != after:
        yield _change("/retrieval", before, after, "minor")


def _variables(old: Prompt, new: Prompt) -> Iterator[Change]:
    gone = [name for name in old.variables if name not in new.variables]
    come = [name for name in new.variables if name not in old.variables]
    if len(gone) == len(come) == 1 and old.variables[gone[0]] == new.variables[come[0]]:
        path = pointer_to("variables", come[0])
        yield Change(path=path, kind="renamed", old=gone[0], new=come[0], bump="major")
        gone, come = [], []
    for name in gone:
        path = pointer_to("variables", name)
        yield _change(path, variable_meaning(old.variables[name]), None, "major")
    for name, variable in new.variables.items():
        path = pointer_to("variables", name)
        if name in come:
            bump: Bump = "major" if variable.required else "minor"
            yield _change(path, None, variable_meaning(variable), bump)
        elif name in old.variables:
            before, after = variable_meaning(old.variables[name]), variable_meaning(variable)
            if before != after:
                yield _change(path, before, after, _variable_bump(old.variables[name], variable))


def _variable_bump(old: Variable, new: Variable) -> Bump:
    if old.type != new.type or old.items != new.items or (new.required and not old.required):
        return "major"
    if new.enum and (not old.enum or any(member not in new.enum for member in old.enum)):
        return "major"
    for before, after in ((old.max_length, new.max_length), (old.max_items, new.max_items)):
        if after is not None and (before is None or after < before):
            return "major"
    old_contract = variable_meaning(old.model_copy(update={"default": None}))
    new_contract = variable_meaning(new.model_copy(update={"default": None}))
    return "patch" if old_contract == new_contract else "minor"


def _tools(old: tuple[Tool, ...], new: tuple[Tool, ...]) -> Iterator[Change]:
    before, after = ({tool.name: tool for tool in tools} for tools in (old, new))
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    if len(gone) == len(come) == 1 and _unnamed(before[gone[0]]) == _unnamed(after[come[0]]):
        path = pointer_to("tools", list(after).index(come[0]))
        yield Change(path=path, kind="renamed", old=gone[0], new=come[0], bump="major")
        gone, come = [], []
    for name in gone:
        yield _change(pointer_to("tools", name), before[name].model_dump(), None, "major")
    for index, tool in enumerate(new):
        path = pointer_to("tools", index)
        if tool.name in come:
            yield _change(path, None, tool.model_dump(), "minor")
        elif tool.name in before:
            yield from _tool(path, before[tool.name], tool)
    order = [name for name in before if name in after]
    if (now := [name for name in after if name in before]) != order:
        yield _change("/tools", order, now, "patch")


def _tool(path: str, old: Tool, new: Tool) -> Iterator[Change]:
    if old.parameters != new.parameters:
        bump: Bump = "patch" if _bare(old.parameters) == _bare(new.parameters) else "major"
        yield _change(f"{path}/parameters", old.parameters, new.parameters, bump)
    for part in ("description", "strict"):
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            yield _change(f"{path}/{part}", before, after, "patch")


def _unnamed(tool: Tool) -> JSON:
    return tool.model_dump(exclude={"name"})


def _variants(old: Prompt, new: Prompt) -> Iterator[Change]:
    before = {variant.id: variant for variant in old.variants}
    after = {variant.id: (index, variant) for index, variant in enumerate(new.variants)}
    for name, variant in before.items():
        if name not in after:
            yield _change(pointer_to("variants", name), variant.model_dump(), None, "major")
    for name, (index, variant) in after.items():
        path = pointer_to("variants", index)
        if name not in before:
            yield _change(path, None, variant.model_dump(), "minor")
            continue
        yield from _members(f"{path}/when", before[name].when, variant.when, "minor")
        yield from _members(f"{path}/params", before[name].params, variant.params, "patch")
        # A variant without messages of its own speaks the prompt's.
        yield from _messages(
            f"{path}/messages", before[name].messages or (), variant.messages or ()
        )


def _messages(
    path: str, old: tuple[MessageTemplate, ...], new: tuple[MessageTemplate, ...]
) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else None
        after = new[index] if index < len(new) else None
        if before is None or after is None or before.role != after.role:
            yield _change(f"{path}/{index}", _message(before), _message(after), "patch")
        elif before.content != after.content:
            yield _change(f"{path}/{index}/content", before.content, after.content, "patch")


def _message(message: MessageTemplate | None) -> JSON:
    return None if message is None else message.model_dump()


def _members(
    path: str, old: Mapping[str, JSON], new: Mapping[str, JSON], bump: Bump
) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key) or (key in old) != (key in new):
            yield _change(path + pointer_to(key), old.get(key), new.get(key), bump)


def _change(path: str, old: JSON, new: JSON, bump: Bump) -> Change:
    kind: Kind = "added" if old is None else "removed" if new is None else "changed"
    return Change(path=path, kind=kind, old=old, new=new, bump=bump)


def _schema_bump(old: JSON, new: JSON) -> Bump:
    """How far a changed answer reaches: readers of it break unless it only gained an option."""
    before, after = _bare(old), _bare(new)
    if before == after:
        return "patch"
    return "minor" if _only_gains(before, after) else "major"


def _bare(schema: JSON) -> JSON:
    """A schema without what only explains."""
    if not isinstance(schema, Mapping):
        return schema
    bare = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
    if isinstance(bare.get("properties"), Mapping):
        bare["properties"] = {name: _bare(part) for name, part in bare["properties"].items()}
    if "items" in bare:
        bare["items"] = _bare(bare["items"])
    if isinstance(bare.get("required"), list):
        bare["required"] = sorted(bare["required"])
    return bare


def _only_gains(old: JSON, new: JSON) -> bool:
    """Whether the new schema is the old one with more optional properties."""
    if old == new:
        return True
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    parts = ("properties", "items")
    if {k: v for k, v in old.items() if k not in parts} != {
        k: v for k, v in new.items() if k not in parts
    }:
        return False
    before, after = old.get("properties", {}), new.get("properties", {})
    kept = all(name in after and _only_gains(part, after[name]) for name, part in before.items())
    return kept and _only_gains(old.get("items"), new.get("items"))
