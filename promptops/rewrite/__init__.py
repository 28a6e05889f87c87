"""Model-aware rewrites: one intent, the wording that each model family takes best.

A prompt is read into a neutral **draft** (turns of blocks); the **planner** picks **steps** from
the claims of a family's dialect; each step maps a draft to a draft and says why; the **check**
proves that variables, numbers, names, negations, kept sentences and the order of obligations
survived. What fails the check is refused with the reason. The result is a variant inside a
proposal: nothing is written to the prompt itself. Everything is deterministic and idempotent.
"""
