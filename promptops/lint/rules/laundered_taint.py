"""SEC020."""

from collections.abc import Iterator, Mapping

from promptops.core.canonical import JSON
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, Slot
from promptops.lint.project.answers import choices
from promptops.lint.project.model import Member, Project
from promptops.lint.project.rule import ProjectRule
from promptops.lint.project.stages import Seam, seams
from promptops.lint.slots import tags
from promptops.prompts.model import Prompt
from promptops.prompts.strict_yaml import pointer_to


class LaunderedTaint(ProjectRule):
    """Text that an attacker may have written comes back as trusted.

    What it does:
        Follows untrusted values from one prompt into the next. Flags a variable that is trusted
        here, while the prompt that writes the key of that name makes it, as free text, out of
        untrusted variables or of retrieved documents. Where the value then reaches the system
        message, a retrieval query or a prompt that may call tools, the finding says so and is a
        warning. Closed lists, numbers and truth values carry no instructions and do not count.

    Why is this bad?
        A summary of a hostile letter still says what the letter said. Rules about untrusted values
        no longer apply to it, and it stands where nobody expects an attack.

    Example:
        id: digest
        x-pipeline: mail
        variables: {letter: {type: string, max_length: 900, trust: untrusted}}
        messages: [{role: user, content: "<letter>{{ letter }}</letter> Say what it wants."}]
        output: {schema: {type: object, properties: {wish: {type: string}}}}
        ---
        id: lookup
        x-pipeline: mail
        variables: {wish: {type: string, max_length: 300}}
        retrieval: {kb: policies, query: "{{ wish }}"}
        messages: [{role: user, content: "<docs>{{ context }}</docs> What helps?"}]

    Use instead:
        id: digest
        x-pipeline: mail
        variables: {letter: {type: string, max_length: 900, trust: untrusted}}
        messages: [{role: user, content: "<letter>{{ letter }}</letter> Say what it wants."}]
        output: {schema: {type: object, properties: {wish: {type: string}}}}
        ---
        id: lookup
        x-pipeline: mail
        variables: {wish: {type: string, max_length: 300, trust: untrusted}}
        retrieval: {kb: policies, query: "{{ wish }}"}
        messages: [{role: user, content: "<docs>{{ context }}</docs> What helps?"}]

    What to do:
        Declare the variable `trust: untrusted` and delimit it, or close the first prompt's output:
        a list of values instead of free text.

    Source:
        OWASP LLM01:2025, indirect prompt injection; CWE-501, trust boundary violation; Greshake et
        al. 2023 (arXiv 2302.12173).
    """

    code = "SEC020"
    name = "laundered-taint"
    severity = Severity.WARNING
    tags = ("owasp-llm01", "owasp-llm06", "cwe-501")

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding for each trusted variable that carries taint, at its declaration."""
        found: dict[tuple[str, str], list[Seam]] = {}
        for seam in seams(project):
            if _is_free_text(seam.part) and seam.variable.trust == "trusted":
                found.setdefault((seam.taker.path, seam.key), []).append(seam)
        tainted = _tainted(project)
        for group in found.values():
            sources = [seam for seam in group if seam.giver.path in tainted]
            if sources:
                yield self._found(sources[0], tainted[sources[0].giver.path])

    def _found(self, seam: Seam, source: str) -> Finding:
        sink = _sink(seam.taker, seam.key)
        reaches = f", and it reaches {sink}" if sink else ""
        text = (
            f'"{seam.key}" is trusted here, but "{seam.giver.prompt.id}" makes it '
            f'out of untrusted "{source}"{reaches}'
        )
        return self.found_at_key(
            seam.taker.parsed,
            pointer_to("variables", seam.key),
            text,
            severity=None if sink and seam.declared else Severity.INFO,
        )


def _tainted(project: Project) -> dict[str, str]:
    """The prompts whose free text an attacker may steer, by path, with the value they read it in.

    A prompt that reads a tainted key is tainted too, whatever it declares, along any chain.
    """
    links = [seam for seam in seams(project) if _is_free_text(seam.part)]
    found: dict[str, str] = {}
    for member in {each.path: each for seam in links for each in (seam.giver, seam.taker)}.values():
        name = _untrusted_in(member)
        if name:
            found[member.path] = name
    grown = True
    while grown:
        grown = False
        for seam in links:
            reached = seam.giver.path in found and seam.taker.path not in found
            if reached and _slots(seam.taker, seam.key):
                found[seam.taker.path] = seam.key
                grown = True
    return found


def _untrusted_in(member: Member) -> str:
    for message in member.parsed.messages:
        for slot in message.slots:
            variable = slot.variable
            if slot.untrusted and (variable is None or _carries_text(variable.type, variable.enum)):
                return slot.name
    return ""


def _carries_text(type_name: str, listed: tuple[JSON, ...]) -> bool:
    return type_name in ("string", "array", "object") and not listed


def _is_free_text(part: Mapping[str, JSON]) -> bool:
    if choices(part) or "const" in part or "pattern" in part:
        return False
    if part.get("type") == "array":
        items = part.get("items")
        return not isinstance(items, Mapping) or _is_free_text(items)
    return part.get("type", "string") in ("string", "object")


def _slots(member: Member, name: str) -> list[tuple[ParsedMessage, Slot]]:
    return [
        (message, slot)
        for message in member.parsed.messages
        for slot in message.slots
        if slot.name == name
    ]


def _sink(member: Member, name: str) -> str:
    """Where a value does most harm; "" when it only is part of what the model reads."""
    prompt = member.prompt
    query = prompt.retrieval.query if prompt.retrieval is not None else ""
    if _may_call_tools(prompt):
        return "a prompt that may call tools"
    if any(message.role == "system" for message, _ in _slots(member, name)):
        return "the system message"
    if any(tag.kind == "value" and tag.name == name for tag in tags(query)):
        return "the retrieval query"
    return ""


def _may_call_tools(prompt: Prompt) -> bool:
    requires = prompt.model.requires if prompt.model is not None else {}
    return bool(requires.get("tools") or prompt.params.get("tools"))
