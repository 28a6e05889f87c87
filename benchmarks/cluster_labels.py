"""Do labels of groups name what the groups are about?

    python benchmarks/cluster_labels.py [--titles MODEL]

Intents of banking77 and clinc150 (``PROMPTOPS_DATA``, intel/intent) are grouped without labels; a
label is good when it has a content word of the name of the group's most frequent intent. Stop words
and weights were chosen while looking at banking77 and at clinc150's validation part; its test part
has other texts of the same intents. ``--titles`` asks a model about the first of the groups, too.
"""

import csv
import json
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PROMPTOPS_DATA", ROOT.parent / "shared" / "data")) / "intel" / "intent"
EMPTY = """a and are by do for from get how in is it make me my not of on or the to up what who why
with you your"""
ASKED = 77


def words(text):
    """The content words of a label or of an intent's name, without common endings."""
    found = (word for word in re.findall(r"[a-z]+", text.lower()) if word not in EMPTY.split())
    return {re.sub(r"(?<=...)(ies|ing|ed|es|s|y|e)$", "", word) for word in found}


def samples():
    """Name -> (text, intent) pairs."""
    import numpy as np

    with (DATA / "banking77_train.csv").open(encoding="utf-8", newline="") as lines:
        bank = [(row["text"], row["category"]) for row in csv.DictReader(lines)]
    clinc = json.loads((DATA / "clinc150_full.json").read_text())
    found = {}
    for size, seed in ((300, 1), (1000, 1), (3000, 2)):
        rows = np.sort(np.random.default_rng(seed).permutation(len(bank))[:size])
        found[f"banking77, {size}"] = [bank[row] for row in rows]
    found["clinc150 validation"] = clinc["val"]
    found["clinc150 test"] = clinc["test"]
    return found


def grouped(pairs):
    """(label, majority intent, items) of each group, largest first."""
    from promptops.cluster import Item, cluster_prompts
    from promptops.config.settings import Embedding
    from promptops.embedding.backends import load_embedder

    chosen = Embedding()
    items = [Item(id=f"{n:05d}", text=text, digest=str(n)) for n, (text, _) in enumerate(pairs)]
    by_id = {item.id: item for item in items}
    embedder = load_embedder(chosen.backend, chosen.model)
    report = cluster_prompts(items, embedder, duplicates=False)
    return [
        (
            cluster.label,
            Counter(pairs[int(name)][1] for name in cluster.members).most_common(1)[0][0],
            [by_id[name] for name in (cluster.representative, *cluster.members)],
        )
        for cluster in report.clusters
    ]


def titles(groups, model):
    """The title of each group, "" where none was accepted."""
    import anyio

    from promptops.cluster.titles import read_title, title_request
    from promptops.testing.workspace import make_workspace
    from promptops.wiring import open_services

    async def ask(chat):
        found = []
        for label, _, items in groups:
            answer = await chat.complete(title_request(model, label, items))
            title, fault = read_title(answer.text, items)
            found.append("" if fault else title)
        return found

    with tempfile.TemporaryDirectory() as folder:
        return anyio.run(ask, open_services(make_workspace(Path(folder)).root).chat)


def main():
    """Print the table."""
    model = sys.argv[2] if sys.argv[1:2] == ["--titles"] else None
    print("data                  groups  good labels  words a label  accepted titles  good titles")
    for name, pairs in samples().items():
        groups = grouped(pairs)
        good = sum(bool(words(label) & words(intent)) for label, intent, _ in groups)
        size = sum(len(label.replace("·", " ").split()) for label, *_ in groups)
        line = f"{name:20}  {len(groups):6}  {good / len(groups):11.3f}  {size / len(groups):13.2f}"
        if model and name == "banking77, 1000":
            asked = groups[:ASKED]
            found = titles(asked, model)
            hits = sum(
                bool(words(title) & words(intent))
                for title, (_, intent, _) in zip(found, asked, strict=True)
            )
            line += f"  {sum(map(bool, found)):8} of {len(asked)}  {hits:5} of {len(asked)}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
