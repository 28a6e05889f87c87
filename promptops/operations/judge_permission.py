"""Which prompts a judge may be shown: a prompt's data class holds for its review, too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from promptops.errors import PolicyError, UnknownModelError, UnknownPromptError
from promptops.lint.parsed import ParsedPrompt
from promptops.llm.embedded.weights import is_embedded
from promptops.models.card import ModelCard
from promptops.prompts.model import Prompt
from promptops.routing.ask import Ask, ask_for
from promptops.routing.constraints import applies, refusal
from promptops.routing.loading import load_policies, policy_for
from promptops.routing.policy import Constraint, Policy, Require, TargetSpec, When
from promptops.wiring import Services

_ABOUT_DATA = (
    "jurisdiction_in", "region_in", "provider_in", "provider_not_in", "retention_days_max",
    "trains_on_data",
)  # fmt: skip
"""What a policy may require because of the data; the rest is about answering the prompt."""


def kept_back(services: Services, prompts: Sequence[ParsedPrompt], model: str) -> Mapping[int, str]:
    """The prompts that a model must not be shown, by place in ``prompts``, each with the reason.

    A prompt's residency and the constraints of its policy decide, as they do when it is routed;
    what a model card does not say is not satisfied, and policies that cannot be read permit
    nothing. A model in our own process may be shown everything. A bare text declares nothing, so
    nothing keeps it back.
    """
    registered = [place for place, each in enumerate(prompts) if each.prompt is not None]
    if is_embedded(model) or not registered:
        return {}
    try:
        policies = load_policies(services.workspace.policies)
    except PolicyError as problem:
        return dict.fromkeys(registered, f"the policies could not be read: {problem.message}")
    try:
        card = services.catalog.get(model)
    except UnknownModelError:
        card = None
    reasons = {}
    for place in registered:
        each = prompts[place]
        assert each.prompt is not None
        area = services.registry.area(services.workspace.root / each.path)
        if reason := _reason(each.prompt, area, policies, model, card):
            reasons[place] = reason
    return reasons


def permit_of(services: Services, model: str) -> Callable[[Prompt], str]:
    """Whether a model that judges answers may be shown a prompt's data: why not, or nothing.

    As `kept_back`. The area that policies speak of is that of the registered prompt of the same
    id; what was found holds for every wording with the same data class.
    """
    known: dict[tuple[str, object], str] = {}

    def permit(prompt: Prompt) -> str:
        if is_embedded(model):
            return ""
        key = (prompt.id, prompt.data)
        if key not in known:
            known[key] = _refusal(services, prompt, model)
        return known[key]

    return permit


def _refusal(services: Services, prompt: Prompt, model: str) -> str:
    try:
        policies = load_policies(services.workspace.policies)
    except PolicyError as problem:
        return f"the policies could not be read: {problem.message}"
    try:
        card = services.catalog.get(model)
    except UnknownModelError:
        card = None
    try:
        area = services.registry.area(services.registry.get(prompt.id))
    except UnknownPromptError:
        area = ""
    return _reason(prompt, area, policies, model, card)


def _reason(
    prompt: Prompt,
    area: str,
    policies: Sequence[Policy],
    model: str,
    card: ModelCard | None,
) -> str:
    ask = ask_for(prompt, area=area)
    try:
        policy = policy_for(policies, ask)
    except PolicyError as problem:
        return problem.message
    constraints = _about_data(policy.constraints if policy else (), ask)
    if not constraints and not ask.residency:
        return ""
    # A judge needs none of what answering the prompt takes.
    asked = replace(ask, needs=frozenset(), context_tokens=None)
    refused = refusal(TargetSpec(model=model), card, constraints, asked, lambda _runs: None)
    if refused is None:
        return ""
    name, reason = refused
    by = f"policy {policy.metadata.name}, {name}" if policy and constraints else name
    return f"{reason} ({by})"


def _about_data(constraints: Sequence[Constraint], ask: Ask) -> tuple[Constraint, ...]:
    """The constraints on this prompt, with nothing but what they require for its data."""
    found = []
    for each in constraints:
        # Empty lists ask for nothing; zero days and false are demands.
        asked = {
            name: value
            for name in _ABOUT_DATA
            if (value := getattr(each.require, name)) is not None and value != ()
        }
        if asked and applies(each.when, ask):
            found.append(Constraint(id=each.id, when=When(), require=Require(**asked)))
    return tuple(found)
