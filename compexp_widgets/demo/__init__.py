"""The embedded default: small worlds of our own making, with a trained network each, which work offline."""
