"""What changed between two versions of a prompt, for people and for gates."""

from dataclasses import dataclass
from difflib import unified_diff

from promptops.prompts.model import Prompt
from promptops.prompts.versions import Bump, Change, Kind, behavior_changes, largest
from promptops.prompts.writing import dump_prompt, prompt_document

__all__ = ["Change", "PromptDiff", "diff"]

_BEHAVIOR = {
    *("version", "variables", "messages", "output", "tools", "model", "variants", "retrieval"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDiff:
    """The differences of two prompts.

    Attributes:
        changes: What can change behavior first, then what cannot (bump ``none``).
        unified: A unified diff of the two files as we write them; empty when they are equal.
        bump: The part of the version that must go up.
    """

    changes: tuple[Change, ...]
    unified: str
    bump: Bump


def diff(old: Prompt, new: Prompt) -> PromptDiff:
    """Compare two prompts; the version itself is not a change."""
    changes = [*behavior_changes(old, new), *_other_changes(old, new)]
    lines = unified_diff(
        dump_prompt(old).splitlines(keepends=True),
        dump_prompt(new).splitlines(keepends=True),
        fromfile=f"{old.id}@{old.version}",
        tofile=f"{new.id}@{new.version}",
    )
    return PromptDiff(
        changes=tuple(changes),
        unified="".join(lines),
        bump=largest(change.bump for change in changes),
    )


def _other_changes(old: Prompt, new: Prompt) -> list[Change]:
    before, after = prompt_document(old), prompt_document(new)
    found = []
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if key not in _BEHAVIOR and was != now:
            kind: Kind = "added" if was is None else "removed" if now is None else "changed"
            found.append(Change(path=f"/{key}", kind=kind, old=was, new=now, bump="none"))
    for name, variable in new.variables.items():
        earlier = old.variables.get(name)
        if earlier is None:
            continue
        for field in ("trust", "description"):
            was, now = getattr(earlier, field), getattr(variable, field)
            if was != now:
                path = f"/variables/{name}/{field}"
                found.append(Change(path=path, kind="changed", old=was, new=now, bump="none"))
    return found
