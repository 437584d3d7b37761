"""What all widgets have in common on the side of the kernel: requests, answers, work in the background."""
