"""One proposer, one file; the table is `promptops.optimize.candidate.PROPOSERS`."""
