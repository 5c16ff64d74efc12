"""Train: a network learns to read digits while all that happens inside it is looked at."""
