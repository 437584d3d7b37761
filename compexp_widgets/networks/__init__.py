"""Any torch network: its layers, how their outputs are laid out, and what its units answer."""
