"""The search for the formula that best describes a unit, over a SignatureTable and nothing else."""
