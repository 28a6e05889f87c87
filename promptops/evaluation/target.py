"""What a prompt runs on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Target:
    """A model together with the prompt variant written for it.

    Args:
        model: Model id.
        variant: Id of a variant of the prompt; None for its own messages.
    """

    model: str
    variant: str | None = None

    @property
    def name(self) -> str:
        """``model`` or ``model#variant``."""
        return self.model if self.variant is None else f"{self.model}#{self.variant}"

    @classmethod
    def parse(cls, name: str) -> "Target":
        """Read what `name` writes."""
        model, _, variant = name.partition("#")
        return cls(model=model, variant=variant or None)

    def __str__(self) -> str:
        """The name."""
        return self.name
