"""Policies from files, and the one policy that speaks for a prompt."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from promptops.core.files import read_text
from promptops.errors import PolicyError, PromptOpsError, PromptSyntaxError
from promptops.prompts.schema_errors import validate
from promptops.prompts.strict_yaml import read_yaml
from promptops.routing.ask import Ask
from promptops.routing.constraints import matches
from promptops.routing.policy import Policy


def load_policy(path: Path) -> Policy:
    """Read one policy file.

    Raises:
        PolicyError: The file is missing, not YAML, or not a policy; names file and field.
    """
    return parse_policy(read_text(path, PolicyError), str(path))


def parse_policy(text: str, where: str) -> Policy:
    """Read a policy from text.

    Raises:
        PolicyError: See `load_policy`.
    """
    try:
        return validate(read_yaml(text, where), Policy)
    except PromptSyntaxError as problem:
        raise PolicyError(problem.message, where=problem.where, hint=problem.hint) from problem


def load_policies(folder: Path, broken: list[PromptOpsError] | None = None) -> tuple[Policy, ...]:
    """Every ``*.yaml`` of a folder, by file name; none when there is no folder.

    Args:
        folder: Where they are.
        broken: Gets what is wrong with files that are left out; None: the first ends the loading.

    Raises:
        PolicyError: A broken file, or two policies of one name.
    """
    policies: dict[str, Policy] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            _add(policies, load_policy(path), path)
        except PolicyError as problem:
            if broken is None:
                raise
            broken.append(problem)
    return tuple(policies.values())


def _add(policies: dict[str, Policy], policy: Policy, path: Path) -> None:
    name = policy.metadata.name
    if name in policies:
        raise PolicyError(f"a second policy is named {name}", where=str(path))
    policies[name] = policy


def policy_for(policies: Iterable[Policy], ask: Ask) -> Policy | None:
    """The most specific policy that speaks for a prompt.

    A pattern is more specific the more of it is spelled out; asking for tags breaks a tie.

    Returns:
        None when no policy speaks for it.

    Raises:
        PolicyError: Two policies are equally specific.
    """
    ranked: list[tuple[tuple[int, int], Policy]] = []
    for policy in policies:
        rank = _specificity(policy, ask)
        if rank is not None:
            ranked.append((rank, policy))
    if not ranked:
        return None
    best = max(ranked, key=lambda item: item[0])
    equal = [policy.metadata.name for rank, policy in ranked if rank == best[0]]
    if len(equal) > 1:
        raise PolicyError(
            f"{' and '.join(sorted(equal))} speak for {ask.path} with equal right",
            hint="make the applies_to of one of them more specific",
        )
    return best[1]


def _specificity(policy: Policy, ask: Ask) -> tuple[int, int] | None:
    scope = policy.applies_to
    if scope.tags_any and not set(scope.tags_any) & set(ask.tags):
        return None
    fitting = [pattern for pattern in scope.prompts if matches(pattern, ask)]
    if not fitting:
        return None
    return max(map(_spelled_out, fitting)), int(bool(scope.tags_any))


def _spelled_out(pattern: str) -> int:
    return sum(char not in "*?" for char in pattern) + 1000 * ("*" not in pattern)


def prompts_without_policy(policies: Sequence[Policy], asks: Iterable[Ask]) -> tuple[str, ...]:
    """Ids of the prompts that no policy speaks for."""
    return tuple(ask.prompt_id for ask in asks if policy_for(policies, ask) is None)
