"""Images and networks: what a vision network is shown, and where its units fire."""
