"""CMP010."""

from collections.abc import Iterator, Sequence

from promptops.lint.finding import Finding, Severity
from promptops.lint.project.model import Member, Project, Route
from promptops.lint.project.rule import ProjectRule

_SENSITIVE = frozenset({"confidential", "restricted"})
_ABOUT_FIT = frozenset({"variant", "capabilities", "context", "catalog"})


class PolicyConflict(ProjectRule):
    """The prompt's data and the routing policy do not go together.

    What it does:
        Looks at what the policy that speaks for the prompt makes of its data class, its personal
        data and its residency. Flags a prompt that no target may answer, and a target that may
        answer although its card says that the provider trains on requests, while the prompt
        carries personal, confidential or restricted data.

    Why is this bad?
        In the first case every call is refused. In the second the policy forgot the case: personal
        data becomes training data, which no deletion request reaches.

    Example:
        id: complaint
        data: {classification: confidential, contains_pii: true}
        ---
        routes:
          - policy: support@1
            target: openai/gpt-4.1
            card: {trains_on_data: true}

    Use instead:
        id: complaint
        data: {classification: confidential, contains_pii: true}
        ---
        routes:
          - policy: support@1
            target: openai/gpt-4.1
            card: {trains_on_data: true}
            constraint: no-training
            reason: training on the data is stated
          - policy: support@1
            target: embedded/smollm2-135m
            card: {trains_on_data: false}

    What to do:
        Add a constraint such as `require: {trains_on_data: false}` to the policy, a target that
        may see the data, or correct the prompt's `data`.

    Source:
        GDPR Art. 5(1)(b) and Art. 28; NIST AI RMF, GOVERN 6.1.
    """

    code = "CMP010"
    name = "policy-conflict"
    severity = Severity.WARNING
    tags = ("gdpr-art5", "nist-rmf-govern", "owasp-llm02")
    needs = ("policies",)

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding a prompt that cannot be answered, one for each careless target."""
        for member in project.members:
            routes = project.routes.get(member.prompt.id, ())
            admitted = [route for route in routes if not route.constraint]
            if routes and not admitted:
                yield from self._refused(member, routes)
            elif _is_sensitive(member):
                yield from self._careless(member, admitted)

    def _refused(self, member: Member, routes: Sequence[Route]) -> Iterator[Finding]:
        about_data = [route for route in routes if route.constraint not in _ABOUT_FIT]
        if about_data:
            route = about_data[0]
            text = (
                f"{route.policy} lets no target answer: {route.target} breaks "
                f'"{route.constraint}" ({route.reason})'
            )
            yield self.found_at_key(member.parsed, "/data", text, severity=Severity.ERROR)

    def _careless(self, member: Member, routes: Sequence[Route]) -> Iterator[Finding]:
        for route in routes:
            if route.card is not None and route.card.trains_on_data:
                text = (
                    f"{route.policy} may send this {_data(member)} data to {route.target}, "
                    f"whose provider trains on it"
                )
                yield self.found_at_key(member.parsed, "/data", text)


def _is_sensitive(member: Member) -> bool:
    data = member.prompt.data
    return data is not None and (data.contains_pii or data.classification in _SENSITIVE)


def _data(member: Member) -> str:
    data = member.prompt.data
    if data is None:
        return "unclassified"
    return "personal" if data.contains_pii else data.classification
