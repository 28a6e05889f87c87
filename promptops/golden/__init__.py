"""Golden sets: cases with known answers, their loading, splits and data contracts."""
