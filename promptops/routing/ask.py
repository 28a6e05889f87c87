"""What a router is asked: one prompt, and what serving it takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from promptops.prompts.model import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, or every request of one prompt.

    Attributes:
        prompt_id: The registered prompt.
        area: Its folder in the registry.
        topic: The group its runs are pooled with; the area when nothing finer is known.
        tags: Its tags.
        variants: The variants it has; a target that names another one cannot serve it.
        data_class: Classification of its data; None when undeclared.
        contains_pii: Whether it carries personal data; None when undeclared.
        residency: Jurisdictions its data may be processed in; empty for any.
        needs: Capabilities it cannot do without.
        context_tokens: Tokens of context it needs; None when undeclared.
    """

    prompt_id: str
    area: str = ""
    topic: str = ""
    tags: tuple[str, ...] = ()
    variants: frozenset[str] = frozenset()
    data_class: str | None = None
    contains_pii: bool | None = None
    residency: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    context_tokens: int | None = None

    @property
    def path(self) -> str:
        """``area/id``: what the globs of a policy are matched with."""
        return f"{self.area}/{self.prompt_id}" if self.area else self.prompt_id


def ask_for(prompt: Prompt, *, area: str = "", topic: str = "") -> Ask:
    """The ask of a registered prompt.

    Args:
        prompt: The prompt.
        area: Its folder in the registry.
        topic: Its cluster's label; the area when empty.
    """
    data = prompt.data
    requires: Mapping[str, object] = prompt.model.requires if prompt.model else {}
    context = requires.get("context")
    needs = {name for name, value in requires.items() if value is True}
    if prompt.tools:
        needs.add("tools")
    return Ask(
        prompt_id=prompt.id,
        area=area,
        topic=topic or area,
        tags=tuple(prompt.tags),
        variants=frozenset(variant.id for variant in prompt.variants),
        data_class=data.classification if data else None,
        contains_pii=data.contains_pii if data else None,
        residency=tuple(data.residency) if data else (),
        needs=frozenset(needs),
        context_tokens=context if isinstance(context, int) else None,
    )
