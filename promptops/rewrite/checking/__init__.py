"""What the structural equivalence check is made of: words, sentences and their comparison."""
