"""Regression: does a prompt still do its job when its knowledge base, or itself, changes?

A **binding** names by digest everything an answer depends on. When a live digest differs from the
verified one the binding is stale, for a stated reason; a **run** measures the old and the new side
by side on the golden cases (unchanged renderings come from the answer cache and cost nothing), says
for every case what happened and who is to blame, and ends in one statistical verdict. The
**lineage** graph shows what hangs on what.
"""
