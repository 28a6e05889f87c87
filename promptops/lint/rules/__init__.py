"""The table of rules: every file of this folder holds one."""

from importlib import import_module
from pkgutil import iter_modules

from promptops.lint.rule import Rule


def _rules() -> dict[str, type[Rule]]:
    found: dict[str, type[Rule]] = {}
    for module in iter_modules(__path__):
        for item in vars(import_module(f"{__name__}.{module.name}")).values():
            is_rule = isinstance(item, type) and issubclass(item, Rule) and hasattr(item, "code")
            if is_rule and found.setdefault(item.code, item) is not item:
                raise ValueError(f"two rules claim the code {item.code}")
    return dict(sorted(found.items()))


RULES: dict[str, type[Rule]] = _rules()
"""Every rule by its code, in the order of the codes."""
