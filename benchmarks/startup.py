"""How long the command line takes to answer, beside the interpreter alone.

The limit is a bare interpreter; the peer is a program of click that does nothing. Both run in turn
with ours, whole processes, medians of several rounds.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
COMMANDS = {
    "bare interpreter": [sys.executable, "-c", "pass"],
    "empty click program": [
        sys.executable,
        "-c",
        "import click; click.command()(lambda: None)(standalone_mode=False, args=[])",
    ],
    "promptops --help": [sys.executable, "-m", "promptops.cli", "--help"],
    "promptops lint --help": [sys.executable, "-m", "promptops.cli", "lint", "--help"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    peer = medians["empty click program"]
    print(f"{'process':24}{'median ms':>12}{'ratio to click':>16}")
    for name, median in medians.items():
        print(f"{name:24}{median * 1000:12.0f}{median / peer:16.2f}")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(medians, indent=2) + "\n")


if __name__ == "__main__":
    main()
