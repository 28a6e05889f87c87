"""One scorer, one file; the table is `promptops.scoring.scorer.SCORERS`."""
