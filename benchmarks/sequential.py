"""Racing beside full evaluation: calls saved, at what error.

Simulated yes/no scores of two wordings on the same cases, in random order. Full evaluation asks
every case of both and calls the new wording better when the exact McNemar test says so (5 %,
one-sided). Racing looks after every case, drops what `race` calls "not worth it", and judges what
is left by the same test over all cases: so it can promote no more than full evaluation does.
"Better at any time" is how often the e-process alone, looked at after every case, says so: its
bound is 5 % where nothing is better. `gain` is what that many cases find in eight runs of ten.

    python benchmarks/sequential.py [--races 2000]
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from promptops.core.statistics import detectable_gain, mcnemar_exact, wilson
from promptops.evaluation.sequential import evidence_above, race

ALPHA = 0.05


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How often a case is won and lost by the new wording."""

    wins: float
    losses: float


SETTINGS = {
    "A/A, identical answers": Setting(wins=0.0, losses=0.0),
    "A/A, 1 in 10 differs": Setting(wins=0.05, losses=0.05),
    "A/A, 1 in 4 differs": Setting(wins=0.125, losses=0.125),
    "A/A, 1 in 2 differs": Setting(wins=0.25, losses=0.25),
    "loser by 10 points": Setting(wins=0.05, losses=0.15),
    "loser by 20 points": Setting(wins=0.05, losses=0.25),
    "loser by 30 points": Setting(wins=0.05, losses=0.35),
    "winner by 10 points": Setting(wins=0.2, losses=0.1),
    "winner by 20 points": Setting(wins=0.3, losses=0.1),
    "winner by 30 points": Setting(wins=0.4, losses=0.1),
}


def better(differences: "np.ndarray") -> bool:
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    return wins > losses and mcnemar_exact(losses, wins) / 2 < ALPHA


def measure(setting: Setting, cases: int, races: int, seed: int) -> dict[str, float]:
    generator = np.random.default_rng(seed)
    gain = detectable_gain(cases)
    asked = promoted = full = early = 0
    for drawn in generator.random((races, cases)):
        lost = setting.wins + setting.losses
        differences = np.where(drawn < setting.wins, 1.0, np.where(drawn < lost, -1.0, 0.0))
        whole = better(differences)
        seen = next(
            (
                seen
                for seen in range(1, cases)
                if race(differences[:seen], gain=gain).standing == "not worth it"
            ),
            cases,
        )
        asked += seen
        full += whole
        promoted += whole and seen == cases
        early += evidence_above(differences, 0.0, hoped=gain) >= 1 / ALPHA
    return {
        "cases": cases,
        "gain": gain,
        "saved": 1 - asked / (races * cases),
        "better, full": full / races,
        "better, raced": promoted / races,
        "better at any time": early / races,
        "any time, upper bound": wilson(early, races).high,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--races", type=int, default=2000)
    races = arguments.parse_args().races
    found: dict[str, list[dict[str, float]]] = {}
    head = ("cases", "gain", "calls saved", "better: full", "raced", "at any time")
    print(
        f"{'setting':26}{head[0]:>6}{head[1]:>7}{head[2]:>13}{head[3]:>14}{head[4]:>8}{head[5]:>13}"
    )
    for place, (name, setting) in enumerate(SETTINGS.items()):
        for cases in (40, 100):
            row = measure(setting, cases, races, seed=place)
            found.setdefault(name, []).append(row)
            print(
                f"{name:26}{cases:6}{row['gain']:7.2f}{row['saved']:12.0%}"
                f"{row['better, full']:15.3f}{row['better, raced']:8.3f}"
                f"{row['better at any time']:13.3f}"
            )
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"races": races, "settings": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
