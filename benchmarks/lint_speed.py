"""How fast the linter is, beside its peers in the same run.

    python benchmarks/lint_speed.py [--rounds 5] [--write]

Four tables: prompts and megabytes a CPU-second over texts in memory; whole processes over 10,000
prompts; what more rules cost; what a start costs. Everything that is compared runs in turn, round
by round, so that a busy machine is busy for all; medians, smallest and largest. ``--write`` keeps
the numbers in ``lint_speed.json`` and ``docs/reference/lint-speed.md``. Peers are those of
`lint_peers`; outside texts those of `lint_corpora`.
"""

import argparse
import csv
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import lint_corpora
import lint_peers
from lint_speed_peers import MATCHES, SPEAKING, matched

HERE = Path(__file__).parent
ROOT = HERE.parent
WORKER = HERE / "lint_speed_peers.py"
SLOW = ("promptlint-cli", "promptproof", "promptdoctor", "lintlang", "prompt-lint-py",
        "detect-secrets")  # fmt: skip
EVERY = 10
"""Peers below 1,000 prompts a second read every tenth text only; their rates are of those."""
HEAD = """# Speed of the linter

```
make peers
python benchmarks/lint_speed.py --rounds 5 --write
```

The outside texts are read where `PROMPTOPS_DATA` points to (default: `../shared/data`). What is
compared runs in turn in the same run: texts in memory, one process a linter, start-up and imports
not timed (`Linter.prepare` has compiled everything; without it, the patterns that only save time
over many thousand texts are compiled when so many have come); then whole processes of the command.
"Cold" has no compiled patterns and no verdicts, "warm" keeps compiled patterns (`--no-cache`),
"cached" keeps verdicts too. CPU is that of a process and its children.

Matched rules are those of ours about what the rules of the fastest peer (aiproof, in Rust) are
about. It is called in two ways: with a path that ends in `.md` (its default), for which it parses
Markdown, and with one that ends in `.txt`, for which it does not.
"""
Series = dict[str, list[dict[str, float]]]


def asked(python: object, *arguments: str) -> dict[str, float]:
    """What a timing process answers."""
    done = subprocess.run(
        [str(python), "-W", "ignore", str(WORKER), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tempfile.gettempdir(),
        env={**os.environ, "PYTHONPATH": str(ROOT) if python == sys.executable else ""},
    )
    if done.returncode:
        raise RuntimeError(f"{arguments[0]}: {done.stderr[-400:]}")
    return json.loads(done.stdout)


def process(command: list[str], *, cwd: Path, cache: Path) -> dict[str, float]:
    """Seconds of the clock and of CPU that a command and its children take."""
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"{command}: {done.stderr[-400:]!r}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu}


def middle(series: list[dict[str, float]], key: str) -> tuple[float, float, float]:
    """Median, smallest and largest."""
    values = [each[key] for each in series]
    return statistics.median(values), min(values), max(values)


def texts_in_memory(folder: Path, rounds: int) -> dict[str, object]:
    """Rates of ours and of every peer over two collections."""
    ours = {
        "promptops, all rules": {},
        "promptops, all concepts of aiproof": {"select": matched()},
        "promptops, those that speak here": {"select": matched(SPEAKING)},
    }
    python = lint_peers.interpreter()
    peers = ["aiproof", "aiproof a.txt", *SLOW] if python else []
    found: dict[str, object] = {}
    for name, collection in (
        ("awesome", lint_corpora.awesome()),
        ("fabric", lint_corpora.fabric()),
    ):
        texts = [text for _, text in collection]
        whole, part = folder / f"{name}.json", folder / f"{name}-part.json"
        whole.write_text(json.dumps(texts))
        part.write_text(json.dumps(texts[::EVERY]))
        size = {path: sum(len(text.encode("utf-8", "surrogatepass")) for text in some)
                for path, some in ((whole, texts), (part, texts[::EVERY]))}  # fmt: skip
        count = {whole: len(texts), part: len(texts[::EVERY])}
        series: Series = {}
        for _ in range(rounds):
            for title, options in ours.items():
                answer = asked(sys.executable, "promptops", str(whole), json.dumps(options))
                series.setdefault(title, []).append(answer)
            for peer in peers:
                if peer in series and "failed" in series[peer][0]:
                    continue
                try:
                    answer = asked(python, peer, str(part if peer in SLOW else whole))
                except RuntimeError as problem:
                    print(f"{peer} does not run: {problem}", file=sys.stderr)
                    answer = {"failed": 1.0}
                series.setdefault(peer, []).append(answer)
        rows = {}
        for title, each in series.items():
            if "failed" in each[0]:
                continue
            read = part if title in SLOW else whole
            rows[title] = {
                "prompts": [count[read] / value for value in middle(each, "cpu")],
                "megabytes": size[read] / 1e6 / middle(each, "cpu")[0],
                "wall_prompts": count[read] / middle(each, "wall")[0],
                "findings": each[0]["findings"],
            }
        found[name] = {"prompts": len(texts), "megabytes": size[whole] / 1e6, "rows": rows}
    return found


def whole_processes(folder: Path, rounds: int) -> dict[str, object]:
    """The command over 10,000 prompts, in one table and as files."""
    prompts = lint_corpora.prompts(10_000)
    table = folder / "prompts.csv"
    with table.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["id", "prompt"])
        rows.writerows(prompts)
    files = folder / "files"
    files.mkdir()
    (folder / "lint.toml").write_text('include = ["*.md"]\n')
    for number, (_, text) in enumerate(prompts):
        (files / f"{number:05}.md").write_text(text, encoding="utf-8", newline="")
    lint = [sys.executable, "-m", "promptops.cli", "lint", "--quiet"]
    ways = {"table": [*lint, "prompts.csv", "--column", "prompt"], "files": [*lint, "files"]}
    kept = {way: folder / f"cache-{way}" for way in ways}
    for way, command in ways.items():
        process(command, cwd=folder, cache=kept[way])
    series: Series = {}
    for number in range(rounds):
        for way, command in ways.items():
            fresh = folder / f"fresh-{way}-{number}"
            runs = {
                "cold": ([*command, "--no-cache"], fresh),
                "warm": ([*command, "--no-cache"], kept[way]),
                "cached": (command, kept[way]),
            }
            for state, (line, cache) in runs.items():
                answer = process(line, cwd=folder, cache=cache)
                series.setdefault(f"{way}, {state}", []).append(answer)
    return {
        title: {key: middle(each, key) for key in ("wall", "cpu")} for title, each in series.items()
    }


def number_of_rules(folder: Path, rounds: int) -> dict[str, object]:
    """CPU seconds over the 10,000 prompts with half of the rules, all, and as many again."""
    from promptops.lint import RULES

    texts = [text for _, text in lint_corpora.prompts(10_000)]
    path = folder / "all.json"
    path.write_text(json.dumps(texts))
    custom = folder / "house-rules.yaml"
    custom.write_text(json.dumps({"rules": rare_rules(texts, len(RULES))}))
    halves = [
        sorted(random.Random(seed).sample(sorted(RULES), len(RULES) // 2)) for seed in range(5)
    ]
    ways = {"all rules": {}, "all, and as many of a workspace": {"custom": str(custom)}}
    ways |= {f"half of the rules, seed {n}": {"select": half} for n, half in enumerate(halves)}
    series: Series = {}
    for _ in range(rounds):
        for title, options in ways.items():
            answer = asked(sys.executable, "promptops", str(path), json.dumps(options))
            series.setdefault(title, []).append(answer)
    return {"rules": len(RULES)} | {
        title: {"cpu": middle(each, "cpu"), "findings": each[0]["findings"]}
        for title, each in series.items()
    }


def rare_rules(texts: list[str], number: int) -> list[dict[str, object]]:
    """Rules of a workspace about words that stand in one to three of the texts."""
    count = Counter(word for text in texts for word in set(text.lower().split()))
    rare = sorted(
        word
        for word, n in count.items()
        if n <= 3 and word.isalpha() and word.isascii() and 6 <= len(word) <= 14
    )
    words = iter(random.Random(0).sample(rare, 3 * number))
    rules = []
    for place in range(number):
        first, second, third = next(words), next(words), next(words)
        kind = (
            {"phrases": [first, f"{second} {third}"]}
            if place % 2
            else {"pattern": f"{first} [a-z]{{2,12}} (?:{second}|{third})", "triggers": [first]}
        )
        rules.append(
            {
                "code": f"HOUSE{place:03}",
                "name": f"house-rule-{place}",
                **kind,
                "message": "a word of the house",
                "advice": "Leave it out.",
            }
        )
    return rules


def starts(folder: Path, rounds: int) -> dict[str, object]:
    """One small file, beside the interpreter alone."""
    (folder / "one.md").write_text("Summarize the report in three sentences.\n")
    lint = [sys.executable, "-m", "promptops.cli", "lint", "--quiet", "one.md"]
    commands = {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "import promptops.lint": [sys.executable, "-c", "import promptops.lint"],
        "promptops lint one.md, cached": lint,
        "promptops lint one.md --no-cache": [*lint, "--no-cache"],
    }
    cache = folder / "cache-one"
    process(lint, cwd=folder, cache=cache)
    series: Series = {}
    for _ in range(rounds):
        for title, command in commands.items():
            series.setdefault(title, []).append(process(command, cwd=folder, cache=cache))
    return {
        title: {key: middle(each, key) for key in ("wall", "cpu")} for title, each in series.items()
    }


def tables(found: dict) -> str:
    """The numbers as Markdown."""
    load = f"Load of the machine at the start: {found['load']:.1f} on {found['cores']} cores"
    lines = [f"{load}; {found['rounds']} rounds, medians (smallest–largest)."]
    for name, each in found["memory"].items():
        lines += ["", f"### {name}: {each['prompts']:,} prompts, {each['megabytes']:.1f} MB", "",
                  "| linter | prompts a CPU-second | MB/s | prompts a second (wall) | findings |",
                  "|---|--:|--:|--:|--:|"]  # fmt: skip
        for title, row in each["rows"].items():
            rate, high, low = row["prompts"]
            note = f" (every {EVERY}th)" if title in SLOW else ""
            lines.append(f"| {title}{note} | {rate:,.0f} ({low:,.0f}–{high:,.0f}) "
                         f"| {row['megabytes']:.2f} | {row['wall_prompts']:,.0f} "
                         f"| {row['findings']:,} |")  # fmt: skip
        lines += ["", *ratios(each["rows"])]
    lines += ["", "### Both collections together", "", *ratios(together(found["memory"]))]
    lines += ["", "### Whole processes, 10,000 prompts (7 MB)", "",
              "| what | wall, s | CPU, s |", "|---|--:|--:|"]  # fmt: skip
    lines += [seconds_row(title, row) for title, row in found["processes"].items()]
    rules = found["rules"]
    whole = rules["all rules"]["cpu"][0]
    lines += ["", f"### Number of rules ({rules['rules']} built in), 10,000 prompts", "",
              "| rules | CPU, s | against all rules |", "|---|--:|--:|"]  # fmt: skip
    lines += [f"| {title} | {row['cpu'][0]:.2f} ({row['cpu'][1]:.2f}–{row['cpu'][2]:.2f}) "
              f"| {row['cpu'][0] / whole:.2f} |"
              for title, row in rules.items() if title != "rules"]  # fmt: skip
    lines += ["", "### Start", "", "| what | wall, s | CPU, s |", "|---|--:|--:|"]
    lines += [seconds_row(title, row) for title, row in found["starts"].items()]
    return "\n".join(lines)


def seconds_row(title: str, row: dict) -> str:
    """A row of two times."""
    cells = (f"{row[key][0]:.2f} ({row[key][1]:.2f}–{row[key][2]:.2f})" for key in ("wall", "cpu"))
    return f"| {title} | {' | '.join(cells)} |"


def ratios(rows: dict) -> list[str]:
    """Ours against both ways of calling the fastest peer."""
    return [
        f"{title} against {peer}: {row['prompts'][0] / rows[peer]['prompts'][0]:.1f} times."
        for title, row in rows.items()
        for peer in ("aiproof", "aiproof a.txt")
        if title.startswith("promptops") and peer in rows
    ]


def mapping() -> str:
    """Which of our rules stand for which of aiproof's."""
    lines = ["| aiproof | about | ours |", "|---|---|---|"]
    lines += [
        f"| {name}{' (speaks here)' if name in SPEAKING else ''} | {about} "
        f"| {', '.join(codes) or 'none'} |"
        for name, (about, codes) in MATCHES.items()
    ]
    return "\n".join(lines)


def together(memory: dict) -> dict:
    """Prompts a CPU-second over all collections, of the linters that read all of them whole."""
    shared = set.intersection(*(set(each["rows"]) for each in memory.values()))
    prompts = sum(each["prompts"] for each in memory.values())
    return {
        title: {"prompts": [prompts / sum(each["prompts"] / each["rows"][title]["prompts"][0]
                                          for each in memory.values())]}
        for title in next(iter(memory.values()))["rows"]
        if title in shared and title not in SLOW
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    found: dict = {"rounds": arguments.rounds, "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found["starts"] = starts(folder, arguments.rounds)
        found["processes"] = whole_processes(folder, arguments.rounds)
        found["memory"] = texts_in_memory(folder, arguments.rounds)
        found["rules"] = number_of_rules(folder, arguments.rounds)
    text = tables(found)
    print(mapping(), text, sep="\n\n")
    if arguments.write:
        (HERE / "lint_speed.json").write_text(json.dumps(found, indent=2) + "\n")
        page = ROOT / "docs/reference/lint-speed.md"
        page.write_text(f"{HEAD}\n## Numbers\n\n{text}\n\n## Matched rules\n\n{mapping()}\n")


if __name__ == "__main__":
    main()
