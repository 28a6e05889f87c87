"""Attempts to take a model out of its instructions: their wordings, signs and disguises."""

from promptops.lint.overrides.disguise import is_disguised_override
from promptops.lint.overrides.framing import Framing, framing
from promptops.lint.overrides.wording import Override, overrides

__all__ = ["Framing", "Override", "framing", "is_disguised_override", "overrides"]
