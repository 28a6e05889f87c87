"""MOD016."""

from collections.abc import Iterator
from dataclasses import replace

from promptops.lint.finding import Finding, Severity
from promptops.lint.misfits import misfits
from promptops.lint.project.model import Member, Project, Route
from promptops.lint.project.rule import ProjectRule
from promptops.lint.targets import calls, read_target


class RoutedMisfit(ProjectRule):
    """Routing may send the prompt to a model that refuses it.

    What it does:
        Takes each target that the policy which speaks for the prompt admits, and checks the
        prompt's parameters and messages against dated facts about that model: refused sampling
        parameters and prefilled answers, too many stop sequences, a temperature that the model
        does badly with. Targets that the prompt declares itself are MOD001's, MOD006's and
        MOD014's.

    Why is this bad?
        The prompt works until routing first prefers that target; then calls fail, or answers get
        worse, and nobody changed the prompt.

    Example:
        id: capital
        model: {params: {temperature: 0}}
        messages: [{role: user, content: Name the capital of France.}]
        ---
        routes:
          - {policy: support@1, target: openai/gpt-5-mini}

    Use instead:
        id: capital
        model: {params: {temperature: 0}}
        messages: [{role: user, content: Name the capital of France.}]
        ---
        routes:
          - {policy: support@1, target: openai/gpt-4.1-mini}

    What to do:
        Add a variant without the parameter for that family, or take the target out of the policy.

    Source:
        The facts of promptops about models, each with its source and date.
    """

    code = "MOD016"
    name = "routed-misfit"
    severity = Severity.WARNING
    tags = ("nist-rmf-manage",)
    needs = ("policies",)

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding for each thing that an admitted target does not take."""
        for member in project.members:
            for route in project.routes.get(member.prompt.id, ()):
                if not route.constraint:
                    yield from self._misfits(member, route)

    def _misfits(self, member: Member, route: Route) -> Iterator[Finding]:
        model, _, variant = route.target.partition("#")
        target = read_target(model, member.parsed)
        for call in calls(member.parsed):
            if call.variant != (variant or None) or target in call.targets:
                continue
            for misfit in misfits(replace(call, targets=(target,))):
                if misfit.certainty == "certain":
                    place = call.pointer(misfit.param) if misfit.param else "/messages"
                    yield self.found_at_key(
                        member.parsed,
                        place,
                        f"{route.policy} may send it to {route.target}: {misfit.text}",
                        variant=call.variant,
                    )
