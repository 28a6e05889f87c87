"""The reference of the rules, written from the rules themselves.

`explain` is what ``promptops lint --explain`` shows; `rule_pages` are the files below
``docs/reference/rules``. Neither has a text of its own to maintain: everything comes from the
rule's docstring and attributes, from the taxonomy of its tags, and from its accuracy card.

    python -m promptops.lint.reference docs/reference/rules
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from promptops.core.files import write_atomic
from promptops.core.suggest import did_you_mean
from promptops.errors import UsageError
from promptops.lint.accuracy import accuracy, share
from promptops.lint.documentation import as_prompt_file
from promptops.lint.finding import Fix
from promptops.lint.parsing import parse_file
from promptops.lint.regions import Region
from promptops.lint.rule import Rule, group_of
from promptops.lint.rules import RULES
from promptops.lint.taxonomy import frameworks, known_tags, references, tags
from promptops.prompts.loader import parse_prompt

GROUPS = {
    "AMB": "Ambiguity",
    "CMP": "Compliance",
    "CON": "Contradiction",
    "ECO": "Cost",
    "FMT": "Output and structure",
    "MOD": "Model fit",
    "PRI": "Secrets and personal data",
    "RAG": "Retrieval",
    "REG": "Registry",
    "SEC": "Injection and agency",
    "VAR": "Templates",
}
HELP_BASE = "https://promptops.example/docs/reference/rules"
_FENCE = re.compile(r"`{3,99}")
_KEY = re.compile(r"[A-Za-z][\w-]*:(?:\s|$)")
_FIXES = {
    "safe": "safe: `--fix` makes it",
    "unsafe": "may change the meaning: `--fix --unsafe-fixes` makes it",
    "display": "shown, never made",
}


def find_rule(name: str, known: Mapping[str, type[Rule]] = RULES) -> type[Rule]:
    """The rule of a code or name, in any case.

    Raises:
        UsageError: There is none, with the nearest name.
    """
    if (found := _rule(name, known)) is not None:
        return found
    from promptops.lint.check_reference import check_names

    group = name.strip().upper()
    if any(group_of(code) == group for code in known):
        hint = f"a group; `promptops lint --rules --select {group}` lists its rules"
        raise UsageError(f'no rule is called "{name}"', hint=hint)
    words = [*known, *(rule.name for rule in known.values()), *check_names()]
    hint = did_you_mean(name, words) or "`promptops lint --rules` lists them"
    raise UsageError(f'no rule is called "{name}"', hint=hint)


def explain(name: str, known: Mapping[str, type[Rule]] = RULES) -> str:
    """What a rule, or a check that asks a model, finds, why and what to do, as Markdown.

    Args:
        name: Its code or name.
        known: The rules there are: the built-in ones, or a workspace's `LintOptions.catalog`.

    Raises:
        UsageError: There is none, with the nearest name.
    """
    rule = _rule(name, known)
    if rule is None:
        from promptops.lint.check_reference import check_page, find_check

        if check := find_check(_wanted(name)):
            return check_page(check)
    return rule_page(rule or find_rule(name, known))


def _rule(name: str, known: Mapping[str, type[Rule]]) -> type[Rule] | None:
    wanted = _wanted(name)
    return next((r for r in known.values() if wanted in (r.code.lower(), r.name)), None)


def _wanted(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def page_name(rule: type[Rule]) -> str:
    """The file of a rule's page: ``AMB001-vague-quantifier.md``."""
    return f"{rule.code}-{rule.name}.md"


def help_uri(rule: type[Rule]) -> str:
    """The address of a rule's page."""
    return f"{HELP_BASE}/{rule.code}-{rule.name}"


def rule_pages() -> dict[str, str]:
    """Every page of the reference by its file name: ``index.md`` and one a rule or check."""
    from promptops.lint.check_reference import check_pages

    pages = {"index.md": _index(), **check_pages()}
    pages.update({page_name(rule): rule_page(rule) for rule in RULES.values()})
    return pages


def write_pages(folder: Path) -> list[Path]:
    """Write the reference into a folder and delete pages of rules that are gone.

    Returns:
        The files that changed, in order.
    """
    pages = rule_pages()
    changed = []
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_atomic(path, text)
            changed.append(path)
    for path in sorted(folder.glob("[A-Z]*[0-9]-*.md")):
        if path.name not in pages:
            path.unlink()
            changed.append(path)
    return changed


def rule_page(rule: type[Rule]) -> str:
    """The page of one rule, as Markdown; a rule of a workspace may leave sections out."""
    lines = [f"# {rule.code} {rule.name}", "", rule.summary, "", *_facts(rule), ""]
    if rule.rationale:
        lines += ["## Why is this bad?", "", rule.rationale, ""]
    if rule.bad:
        lines += ["## Example", "", *_code(rule.bad), "", "Use instead:", "", *_code(rule.good), ""]
    lines += ["## What to do", "", rule.advice, ""]
    if rule.defaults:
        lines += ["## Options", "", *_options(rule), ""]
    if known_tags(rule.tags):
        lines += ["## References", "", *references(rule.tags), ""]
    lines += ["## Accuracy", "", *_accuracy(rule), ""]
    lines += ["## How to allow it", "", *_allowing(rule), ""]
    if rule.source:
        lines += ["## Source", "", f"From: {rule.source}"]
    return "\n".join(lines).rstrip("\n") + "\n"


def rule_help(rule: type[Rule]) -> str:
    """The short help that code hosts show beside a finding, as Markdown.

    It has no examples: those of some rules look like secrets, which scanners of reports would find.
    """
    lines = [rule.rationale, "", f"**What to do:** {rule.advice}", "", *references(rule.tags)]
    return "\n".join([*lines, "", f"[Examples and options]({help_uri(rule)})"]) + "\n"


def _index() -> str:
    from promptops.lint.check_reference import check_rows

    lines = ["# Lint rules", ""]
    lines += [
        "Written from the rules: change their docstrings, not these pages. In `lint.toml` and in",
        "suppression comments the code of a rule, its group and its name all work.",
        "",
    ]
    by_group: dict[str, list[type[Rule]]] = {}
    for rule in RULES.values():
        by_group.setdefault(group_of(rule.code), []).append(rule)
    for group, rules in by_group.items():
        lines += [f"## {group}: {GROUPS.get(group, group)}", ""]
        lines += _table(("rule", "name", "severity", "fix", "what it finds"), map(_entry, rules))
        lines.append("")
    lines += ["## LLM: Checks that ask a model", "", "Only with `--llm`.", ""]
    lines += _table(("check", "name", "severity", "what it finds"), check_rows())
    lines += ["", "## Tags", "", "What the tags of findings stand for:", ""]
    used = {tag for rule in RULES.values() for tag in rule.tags}
    rows = [
        (f"`{tag.id}`", frameworks()[tag.framework].title, f"[{tag.label}]({tag.url})", tag.text)
        for tag in tags().values()
        if tag.id in used
    ]
    lines += _table(("tag", "framework", "entry", "what it means for a prompt"), rows)
    return "\n".join(lines) + "\n"


def _entry(rule: type[Rule]) -> tuple[str, ...]:
    fix = example_fix(rule)
    link = f"[{rule.code}]({page_name(rule)})"
    return link, rule.name, rule.severity.value, fix.applicability if fix else "", rule.summary


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(text) for text in row)} |"


def example_fix(rule: type[Rule]) -> Fix | None:
    """The fix that the rule gives for its own bad example, None when it gives none."""
    if rule.needs_project:
        return None  # its example is several prompts, which no edit of one settles
    prompt = parse_file(parse_prompt(as_prompt_file(rule.bad)), shown_path="")
    findings = sorted(rule().check(prompt), key=lambda finding: finding.order)
    return next((finding.fix for finding in findings if finding.fix), None)


def _facts(rule: type[Rule]) -> Iterator[str]:
    regions = ", ".join(region.value for region in Region if region in rule.regions)
    yield "| | |"
    yield "|---|---|"
    yield f"| Group | {GROUPS.get(group_of(rule.code), group_of(rule.code))} |"
    yield f"| Severity | {rule.severity.value} |"
    if rule.bad:  # without an example nobody has seen the fix
        fix = example_fix(rule)
        yield f"| Fix | {_FIXES[fix.applicability] if fix else 'none: change it by hand'} |"
    yield f"| Looks at | {regions} |"
    yield f"| Version | {rule.version} |"


def _code(text: str) -> Iterator[str]:
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    yield f"{fence}{'yaml' if _KEY.match(text) else 'text'}"
    yield from text.split("\n")
    yield fence
    if copies := re.search(r" × ([0-9]+)$", text, re.MULTILINE):
        yield ""
        yield f"(× {copies[1]} stands for {copies[1]} copies of the line.)"


def _options(rule: type[Rule]) -> Iterator[str]:
    yield "In `lint.toml`, with the defaults:"
    yield ""
    yield "```toml"
    yield f"[options.{rule.code}]"
    for name, value in rule.defaults.items():
        yield f"{name} = {_toml(value)}"
    yield "```"


def _toml(value: float | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, str) else str(value)


def _accuracy(rule: type[Rule]) -> Iterator[str]:
    card = accuracy(rule.code)
    if card is None:
        yield "Not measured yet on a labeled set."
        return
    size = f"{card.set_size:,} prompts"
    yield f"Measured {card.made} on {card.set_name}: {size}, {card.set_description}."
    yield ""
    yield "| | value (95% interval) | counts |"
    yield "|---|---|---|"
    precision = share(card.precision, card.precision_interval)
    yield f"| Precision | {precision} | {card.true:,} right of {card.found:,} found |"
    recall = share(card.recall, card.recall_interval)
    yield f"| Recall | {recall} | {card.true:,} found of {card.labeled:,} labeled |"


def _allowing(rule: type[Rule]) -> Iterator[str]:
    yield "With a comment that gives the reason, above the value or at the end of its line:"
    yield ""
    yield "```yaml"
    yield f"# promptops: ignore[{rule.name}] why it is right here"
    yield "```"
    yield ""
    yield "For a workspace or a path, `ignore` and `per-path` in `lint.toml` take the same name."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _main(arguments: Iterable[str]) -> None:
    folder = Path(next(iter(arguments), "docs/reference/rules"))
    changed = write_pages(folder)
    sys.stdout.write("".join(f"{path}\n" for path in changed))


if __name__ == "__main__":
    _main(sys.argv[1:])
