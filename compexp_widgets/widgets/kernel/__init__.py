"""The core of all widgets on the side of the kernel: messages, jobs, router."""
