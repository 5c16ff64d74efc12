"""Train: a network is trained on MNIST while its curves, weights and gradients are shown."""
