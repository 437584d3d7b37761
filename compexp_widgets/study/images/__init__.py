"""Studies whose samples are images."""
