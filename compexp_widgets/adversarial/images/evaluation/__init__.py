"""What edits do to a network: sweeps, controls, other networks."""
