"""What networks are probed with: samples of each kind, and the readers of their formats."""
