"""Precision, recall and F1 of the lint rules on outside sets and hand-labeled prompts, with peers.

Data comes from ``PROMPTOPS_DATA``, peers from ``PROMPTOPS_PEERS`` (`make peers`).

    python benchmarks/lint_quality.py [--only injection|secrets|personal|labeled] [--no-peers]
        [--review] [--write]

`--review` lists the findings of warning and above that no label confirms, and the labels that no
finding meets. `--write` keeps the numbers in promptops/lint/accuracy.json, which
`promptops lint --rules --accuracy` shows, and in docs/reference/lint-accuracy.md.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import lint_corpora
import lint_labeled
import lint_outside
import lint_peers
import lint_personal
import lint_secrets
from lint_scores import Score, Table

ROOT = Path(__file__).parents[1]
CARDS = ROOT / "promptops" / "lint" / "accuracy.json"
PAGE = ROOT / "docs" / "reference" / "lint-accuracy.md"
OUTSIDE = {
    "injection": lint_outside.injection,
    "secrets": lint_secrets.secrets,
    "personal": lint_personal.personal,
}
INTRODUCTION = """# How often the lint rules are right

Made by `python benchmarks/lint_quality.py --write` on {day}; the same command without `--write`
prints these tables. `promptops lint --rules --accuracy` shows the numbers of each rule. Intervals
are Wilson's, 95 %; behind them stand the counts.

{peers}

How far the numbers carry:

- The rules for injection, secrets and personal data were written with these sets at hand. Their
  numbers say how well the rules cover what the sets hold, not how they do on texts of another kind.
  No test of the project uses PIGuard's set and the second set of personal data.
- The prompts of the hand-labeled set were drawn from collections that the rules had been tried on;
  the labels were made apart from the rules, by readers who did not see any finding.
- Few labels stand behind most single rules: read the intervals, not the shares.
"""


def main() -> int:
    options = _options()
    if not lint_corpora.INTEL.exists():
        print(f"skipped: needs outside data, set PROMPTOPS_DATA ({lint_corpora.INTEL} is absent)")
        return 0
    if options.no_peers:
        lint_peers.interpreter = lambda: None
    peers = _peers()
    print(peers + "\n")
    tables: list[Table] = []
    cards: dict[str, tuple[Score, str]] = {}
    for name, measure in OUTSIDE.items():
        if options.only in (None, name):
            _show(tables, (found := measure())[0])
            cards.update(found[1])
    if options.only in (None, "labeled"):
        cases = lint_labeled.cases()
        _show(tables, lint_labeled.tables(cases))
        scores = lint_labeled.by_code(cases, lint_labeled.raw)
        cards.update({code: (score, "hand-labeled") for code, score in scores.items()})
        if options.review:
            _review(cases)
    if options.write:
        day = datetime.now(tz=UTC).date().isoformat()
        CARDS.write_text(_cards(cards, day), encoding="utf-8")
        text = INTRODUCTION.format(day=day, peers=peers)
        PAGE.write_text("\n".join([text, *[each.markdown() for each in tables]]), encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=[*OUTSIDE, "labeled"])
    parser.add_argument("--no-peers", action="store_true", help="measure our rules only")
    parser.add_argument("--review", action="store_true", help="list what labels and rules dispute")
    parser.add_argument("--write", action="store_true", help="keep the numbers")
    options = parser.parse_args()
    if options.write and (options.only or options.no_peers):
        parser.error("--write keeps a whole measurement: leave --only and --no-peers out")
    return options


def _peers() -> str:
    if lint_peers.interpreter() is None:
        return "Peers are not compared: `make peers` installs them."
    versions = {lint_peers.CHECKS[each][0]: lint_peers.version(each) for each in lint_peers.CHECKS}
    return "Peers: " + ", ".join(f"{name} {each}" for name, each in versions.items()) + "."


def _show(tables: list[Table], more: list[Table]) -> None:
    for table in more:
        print(table.markdown(), flush=True)
        tables.append(table)


def _cards(cards: dict[str, tuple[Score, str]], day: str) -> str:
    labeled = lint_labeled.labeled_prompts()
    harmless = sum(len(getattr(lint_corpora, name)()) for name in lint_outside.HARMLESS)
    sizes = {
        "hand-labeled": (len(labeled), "real prompts with defects marked by readers"),
        "jailbreaks": (
            len(lint_corpora.jailbreaks()) + harmless,
            "jailbreaks in the wild and harmless texts; recall is a single rule's share of all",
        ),
        "gitleaks examples": (
            len(lint_secrets.blind()),
            "examples of gitleaks' rules, labeled by a reader who saw no finding",
        ),
        "presidio-research": (
            len(lint_corpora.personal("synth_dataset_v2")),
            "synthetic texts with labeled entities",
        ),
    }
    content = {
        "made": day,
        "sets": {name: {"size": n, "description": text} for name, (n, text) in sizes.items()},
        "rules": {code: score.card(name) for code, (score, name) in sorted(cards.items())},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _review(cases: list[lint_labeled.Case]) -> None:
    print("## Findings of warning and above that no label confirms\n")
    for case in cases:
        for one in lint_labeled.unconfirmed(case, lint_labeled.adjudicated):
            kind = "professional" if case.prompt.professional else "other"
            place = _excerpt(case.prompt.text, one.start, one.end)
            print(f"{one.code} {one.severity} {case.prompt.id} {one.start}-{one.end} {kind}")
            print(f"    {place}")
    print("\n## Labels that no finding meets\n")
    for case in cases:
        for label in lint_labeled.adjudicated(case.prompt):
            if not case.hit(label):
                print(f"{label.code} {case.prompt.id} {label.start}-{label.end}")
                print(f"    {_excerpt(case.prompt.text, label.start, label.end)}")


def _excerpt(text: str, start: int, end: int) -> str:
    parts = (text[max(0, start - 90) : start], text[start:end][:200], text[end : end + 90])
    return "{}>>{}<<{}".format(*(" ".join(part.split()) for part in parts))


if __name__ == "__main__":
    sys.exit(main())
