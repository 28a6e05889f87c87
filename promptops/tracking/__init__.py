"""What was measured: evidence by digest, experiment runs, and the log of model calls."""
