"""What several widgets show alike."""
