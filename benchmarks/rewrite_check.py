"""How often the equivalence check catches a changed meaning, and how often it rejects a rewording.

    python benchmarks/rewrite_check.py [FILE ...] [--structure] [--judge MODEL] [--misses]
        [--meaning] [--write]

The edits are data: ``benchmarks/edits/*.jsonl``, one a line, each a change of one prompt with
whether it is harmful. Prompts come from the sample workspace and from outside collections, which
are read where PROMPTOPS_DATA points to; rows whose source is not there are left out, and that is
said. ``--structure`` leaves out how likely unknown words mean the same. ``--judge`` lets a model
release what speaks against an edit only because words are not known to mean the same, and shows the
rates without and with it; answers are kept in the file that PROMPTOPS_ANSWERS names, so that a
second run asks nothing. ``--meaning`` tells what similarity by embeddings would add to the
structural check. ``--write`` keeps the table in ``rewrite_check.json``.
"""

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio
import lint_corpora

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.statistics import wilson
from promptops.core.store import BlobStore
from promptops.embedding.sentence_transformer import SentenceTransformerEmbedder
from promptops.llm.cached import CachedChat
from promptops.llm.embedded.weights import fingerprint, is_embedded
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.prompts.loader import load_prompt
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.prompts.resolve import resolve
from promptops.prompts.template import escape_literal
from promptops.rewrite.check import differences
from promptops.rewrite.entailment import entailment
from promptops.rewrite.meaning import similarity
from promptops.rewrite.verification import verify

ROOT = Path(__file__).resolve().parents[1]
EDITS = ROOT / "benchmarks/edits"
RESULT = Path(__file__).with_suffix(".json")


def main() -> None:
    """Print the rates of each kind, with 95 % intervals, and the misses when asked."""
    asked = options()
    counts: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    absent, misses, seconds = 0, [], 0.0
    near: list[tuple[bool, bool, float]] = []
    released: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    embedder = SentenceTransformerEmbedder() if asked.meaning else None
    judge = Release(asked.judge) if asked.judge else None
    for row in rows(asked.files or sorted(EDITS.glob("*.jsonl"))):
        base = source(row["source"], row.get("variant"))
        if base is None:
            absent += 1
            continue
        new = edited(base, row)
        start = time.process_time()
        found = differences(base, new) if asked.structure else verify(base, new).reasons
        seconds += time.process_time() - start
        counts[row["harmful"], row["kind"]].append(bool(found))
        if judge is not None:
            found = judge(base, new) if differences(base, new) else found
            released[row["harmful"], row["kind"]].append(bool(found))
        if embedder is not None:
            lowest = similarity(base, new, embedder).lowest
            near.append((row["harmful"], bool(found), lowest))
        if bool(found) != row["harmful"]:
            misses.append((row, found))
    if absent:
        print(f"{absent} edits left out: their sources are not there (PROMPTOPS_DATA)")
    report = table(counts)
    n = sum(map(len, counts.values()))
    print(f"{n} checks in {seconds:.2f} s CPU, {seconds / max(1, n) * 1000:.2f} ms each")
    if judge is not None:
        print(f"\nwith {asked.judge} ({judge.questions} questions), which may release wordings")
        report[f"with {asked.judge}"] = table(released)
    if near:
        report["meaning"] = meaning(near)
    if asked.misses:
        for row, found in misses:
            show(row, found)
    if asked.write:
        RESULT.write_text(json.dumps(report, indent=1) + "\n")


def options() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--judge", default="")
    for name in ("structure", "misses", "meaning", "write"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args()


class Release:
    """What is left of the differences when a judge may release some."""

    def __init__(self, model: str) -> None:
        prepare_environment()
        weights = default_weights()
        answers = os.environ.get("PROMPTOPS_ANSWERS") or f"{tempfile.mkdtemp()}/answers.db"
        self.model, self.questions = model, 0
        self.chat = CachedChat(
            LiteLLMChat(weights=weights, threads=1),
            BlobStore(Path(answers)),
            lambda name: fingerprint(name, weights) if is_embedded(name) else "",
        )

    def __call__(self, base: Prompt, new: tuple[MessageTemplate, ...]) -> tuple[str, ...]:
        known = verify(base, new)
        if not all(each.soft for each in known.differences):
            return known.reasons
        said = anyio.run(partial(entailment, base, new, self.chat, self.model))
        self.questions += said.asked
        return replace(known, entailment=said).reasons


def rows(files: list[Path]) -> Iterator[dict]:
    """The edits of all files."""
    for path in files:
        with path.open() as stream:
            yield from (json.loads(line) for line in stream if line.strip())


def source(name: str, variant: str | None = None) -> Prompt | None:
    """The prompt that an edit is made to, variant resolved; None when it is not there."""
    collection, _, key = name.partition(":")
    if collection == "workspace":
        (path,) = (ROOT / "prompt_registry/prompts").rglob(f"{key}.prompt.yaml")
        return resolve(load_prompt(path).prompt, variant)
    text = outside(collection).get(key)
    return None if text is None else foreign(key, text)


_OUTSIDE: dict[str, dict[str, str]] = {}


def outside(collection: str) -> dict[str, str]:
    """The texts of an outside collection by their keys; empty when it is not there."""
    if collection not in _OUTSIDE:
        try:
            if collection == "awesome":
                texts = {name.partition("/")[2]: text for name, text in lint_corpora.awesome()}
            else:
                path = lint_corpora.INTEL / "prompts/fabric_patterns.jsonl"
                texts = {row["id"]: row["text"] for row in map(json.loads, path.open())}
        except FileNotFoundError:
            texts = {}
        _OUTSIDE[collection] = texts
    return _OUTSIDE[collection]


def foreign(key: str, text: str) -> Prompt:
    """An outside text as a prompt: one user message, as the importer writes it."""
    return Prompt.model_validate(
        {
            "id": "outside",
            "version": "1.0.0",
            "title": key[:100],
            "intent": "x-imported",
            "messages": [{"role": "user", "content": escape_literal(text)}],
        }
    )


def edited(base: Prompt, row: dict) -> tuple[MessageTemplate, ...]:
    """The messages after an edit, which is made to the text as its source has it.

    Raises:
        ValueError: A passage does not stand there exactly once.
    """
    collection, _, key = row["source"].partition(":")
    if collection != "workspace":
        (text,) = replaced([outside(collection)[key]], row)
        return foreign(key, text).messages
    contents = replaced([each.content for each in base.messages], row)
    return tuple(
        message.model_copy(update={"content": content})
        for message, content in zip(base.messages, contents, strict=True)
    )


def replaced(contents: list[str], row: dict) -> list[str]:
    """The texts with every edit of a row made to the one that has its passage."""
    for edit in row["edits"]:
        if sum(each.count(edit["old"]) for each in contents) != 1:
            raise ValueError(f"{row['id']}: {edit['old']!r} does not stand there exactly once")
        contents = [each.replace(edit["old"], edit["new"]) for each in contents]
    return contents


def table(counts: dict[tuple[bool, str], list[bool]]) -> dict:
    """Print and return the counts by kind."""
    report: dict[str, dict] = {}
    for harmful in (True, False):
        word = "caught" if harmful else "falsely rejected"
        of_side = {kind: found for (side, kind), found in counts.items() if side == harmful}
        total = [each for found in of_side.values() for each in found]
        print(f"\n{'harmful edits' if harmful else 'harmless rewordings':26}     n  {word}")
        for kind, found in [*sorted(of_side.items()), ("all", total)]:
            if not found:
                continue
            interval = wilson(sum(found), len(found))
            print(
                f"{kind:26} {len(found):5}  {sum(found):4}"
                f"  {interval.low:6.1%} to {interval.high:6.1%}"
            )
            report.setdefault("harmful" if harmful else "harmless", {})[kind] = {
                "n": len(found), "flagged": sum(found),
                "low": round(interval.low, 4), "high": round(interval.high, 4),
            }  # fmt: skip
    return report


def meaning(near: list[tuple[bool, bool, float]]) -> list[dict]:
    """Print and return what rejecting below a similarity would do, alone and beside the check."""
    print("\nlowest sentence below   harmful  harmless   added: caught  falsely rejected")
    report = []
    for threshold in (0.2, 0.4, 0.6, 0.8):
        below = [(harmful, found) for harmful, found, lowest in near if lowest < threshold]
        line = {
            "threshold": threshold,
            "harmful": sum(harmful for harmful, _ in below),
            "harmless": sum(not harmful for harmful, _ in below),
            "added_caught": sum(harmful and not found for harmful, found in below),
            "added_rejected": sum(not harmful and not found for harmful, found in below),
        }
        print("{threshold:21}   {harmful:7}  {harmless:8}   {added_caught:13}  {added_rejected:16}"
              .format(**line))  # fmt: skip
        report.append(line)
    return report


def show(row: dict, found: tuple[str, ...]) -> None:
    """Print an edit that was judged wrongly."""
    print(
        f"\n{row['id']} {'MISSED' if row['harmful'] else 'REJECTED'} {row['kind']} {row['source']}"
    )
    for edit in row["edits"]:
        print(f"  - {edit['old']}\n  + {edit['new']}")
    for each in found:
        print(f"    {each}")


if __name__ == "__main__":
    main()
