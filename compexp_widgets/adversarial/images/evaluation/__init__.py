"""Effects of edits: sweeps, and other networks."""
