"""Does the optimizer improve the sample prompts on held-out cases with the embedded model?

Optimizes every prompt of the workspace that has a golden set and prints what the held-out cases
say, with intervals. Answers come from the workspace's cache where they are there; no proposal is
written.

Run: python benchmarks/optimize_samples.py [--workspace DIR] [--goal accuracy] [--only ID ...]
"""

import argparse
import json
from pathlib import Path

from promptops.operations.optimization import optimize_prompt
from promptops.optimize import OptimizeResult
from promptops.wiring import open_services


def row(result: OptimizeResult) -> dict[str, object]:
    comparison = result.comparison
    return {
        "prompt": result.prompt_id,
        "verdict": result.verdict,
        "held_out": None if comparison is None else comparison.to_json(),
        "answers": result.spent.answers,
        "calls": result.calls,
        "seconds": result.spent.seconds,
        "reason": result.reason,
    }


def show(result: OptimizeResult) -> str:
    comparison = result.comparison
    numbers = "-"
    if comparison is not None and result.best is not None:
        numbers = (
            f"{comparison.base:.2f} -> {comparison.new:.2f}, {comparison.difference} "
            f"n={comparison.pairs}, tokens {result.base.input_tokens_mean:.0f} -> "
            f"{result.best.input_tokens_mean:.0f}"
        )
    return f"{result.prompt_id:24} {result.verdict:20} {result.spent.answers:4} answers  {numbers}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--goal", default="accuracy")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    services = open_services(options.workspace)
    files, _ = services.registry.load_all()
    results = []
    for file in files:
        if file.prompt.evals and (not options.only or file.prompt.id in options.only):
            found = optimize_prompt(services, file, goal=options.goal, propose=False)
            results.append(found.result)
            print(show(found.result), flush=True)
    improved = sum(result.verdict == "improved" for result in results)
    print(f"{improved} of {len(results)} prompts improved on held-out cases")
    if options.json:
        options.json.write_text(json.dumps([row(result) for result in results], indent=1))


if __name__ == "__main__":
    main()
