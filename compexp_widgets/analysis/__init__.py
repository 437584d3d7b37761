"""Questions about an explained study: every concept against a unit, and what units do for classes."""
