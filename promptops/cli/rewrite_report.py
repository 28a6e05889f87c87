"""How rewrites are shown."""

import json
from difflib import unified_diff
from typing import TYPE_CHECKING

from promptops.cli.output import emit_text
from promptops.core.canonical import JSON
from promptops.core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promptops.operations.rewrite_proof import Proof
    from promptops.operations.rewriting import Rewritten
    from promptops.prompts.model import MessageTemplate, Prompt
    from promptops.rewrite.derive import Change, Skipped
    from promptops.rewrite.rewriter import Rewrite

_SAID = {
    "unchanged": "nothing to change",
    "new": "a new variant",
    "updated": "derived again",
    "merged": "derived again, with the edits by hand",
    "kept": "kept",
    "conflict": "conflict",
    "refused": "refused",
}


def document(found: "Rewritten") -> dict[str, JSON]:
    """The rewrites of one prompt as JSON."""
    return {
        "prompt": found.prompt_id,
        "proposal": found.proposal.id if found.proposal else None,
        "targets": {
            each.name: _document(each, found.proofs.get(each.name)) for each in found.rewrites
        },
    }


def _document(found: "Rewrite", proof: "Proof | None") -> dict[str, JSON]:
    variant = found.variant
    return {
        "family": found.target.family,
        "variant": found.id,
        "status": found.status,
        "steps": [
            {
                "step": each.step,
                "kind": each.kind,
                "reason": each.reason,
                "source": each.source,
                "url": each.url,
            }
            for each in found.changes
        ],
        "skipped": [
            {
                "step": each.step,
                "kind": each.kind,
                "because": each.because,
                "reason": each.reason,
                "source": each.source,
                "url": each.url,
            }
            for each in found.skipped
        ],
        "reason": found.reason or None,
        "conflicts": found.conflicts or None,
        "params": dict(variant.params) if variant else {},
        "messages": [
            {"role": each.role, "content": each.content}
            for each in ((variant.messages or found.prompt.messages) if variant else ())
        ],
        "proof": proof.to_json() if proof else None,
    }


def show(found: "Rewritten", *, texts: bool, diff: bool, explain: bool) -> None:
    """Tell people about the rewrites of one prompt.

    Args:
        found: Its rewrites.
        texts: Show the new messages.
        diff: Show what changes, line by line.
        explain: Show sources, and the steps that were left.
    """
    for each in found.rewrites:
        reason = f": {each.reason}" if each.reason else ""
        emit_text(f"{each.target.title}: {_SAID[each.status]}{reason}")
        if each.by_hand:
            emit_text("  CANNOT BE SENT until what is left by hand is done")
        for change in each.changes if each.variant or explain else ():
            need = "required" if change.kind == "hard" else "optional"
            emit_text(f"  {change.step} ({need}): {change.reason}")
            _show_source(change, explain=explain)
        for skip in each.skipped if explain else each.hard_left:
            emit_text(f"  {skip.step} is left ({_why_left(skip)}): {skip.reason}")
            _show_source(skip, explain=explain)
        _show_proof(found.proofs.get(each.name))
        if each.conflicts:
            emit_text(each.conflicts)
        if each.variant is not None and diff:
            emit_text(_diff(each.prompt, each))
        elif each.variant is not None and texts:
            for message in each.variant.messages or ():
                emit_text(f"  [{message.role}]\n{message.content}")
            if each.variant.params:
                emit_text(f"  params: {json.dumps(each.variant.params)}")
    if found.proposal:
        emit_text(f"Look at it: promptops proposals show {found.proposal.id}")


def _why_left(skip: "Skipped") -> str:
    need = "required" if skip.kind == "hard" else "optional"
    return need if skip.because == "hindered" else f"{need}, {skip.because}"


def _show_source(said: "Change | Skipped", *, explain: bool) -> None:
    if explain and said.source:
        emit_text(f"    {said.source}{f', {said.url}' if said.url else ''}")


def _show_proof(proof: "Proof | None") -> None:
    if proof is None:
        return
    if proof.polished:
        emit_text(f"  polish: {proof.polished}")
    found = proof.verification
    if found.similarity is not None:
        near = found.similarity
        least = f'; least, {near.lowest:.2f}: "{near.sentence[:60]}"' if near.sentence else ""
        emit_text(f"  similarity: {near.whole:.3f}{least}")
    if found.entailment is not None and found.entailment.mutual:
        asked = counted(found.entailment.asked, "question")
        said = f"means the same ({asked}; {found.entailment.judge})"
        emit_text(f"  judge: {said if found.entailment.asked else 'not asked: nothing in doubt'}")
    if proof.comparison is not None:
        result = proof.comparison
        low, high = result.difference.low, result.difference.high
        emit_text(
            f"  {result.metric} on {proof.measured_on}, {result.pairs} cases: "
            f"{result.base:.2f} -> {result.new:.2f} "
            f"({result.difference.estimate:+.2f} [{low:+.2f}, {high:+.2f}], {result.verdict})"
        )


def _diff(prompt: "Prompt", found: "Rewrite") -> str:
    """What changes against the variant that is there, or the prompt's own wording."""
    from promptops.prompts.resolve import overlay

    assert found.variant is not None
    old = next((each for each in prompt.variants if each.id == found.id), None)
    before = (old.messages if old else None) or prompt.messages
    lines = unified_diff(
        _lines(before),
        _lines(found.variant.messages or prompt.messages),
        fromfile=f"{prompt.id}{f'#{old.id}' if old else ''}",
        tofile=f"{prompt.id}#{found.id}",
        lineterm="",
    )
    params = prompt.params
    was = overlay(params, old.params) if old else params
    now = overlay(params, found.variant.params)
    return "\n".join([*lines, *_changed(was, now)])


def _changed(was: "Mapping[str, JSON]", now: "Mapping[str, JSON]") -> "Iterator[str]":
    """The parameters that the target gets another value of, or none."""
    old, new = (
        {name: json.dumps(value) for name, value in params.items()} for params in (was, now)
    )
    for name in sorted({*old, *new}):
        before, after = (params.get(name, "(left out)") for params in (old, new))
        if before != after:
            yield f"{name}: {before} -> {after}"


def _lines(messages: "Sequence[MessageTemplate]") -> list[str]:
    return [line for each in messages for line in (f"[{each.role}]", *each.content.split("\n"))]
