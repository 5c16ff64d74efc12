"""ILSVRC: how the error of the challenge fell while networks grew deeper, and what a top-5 error is."""
