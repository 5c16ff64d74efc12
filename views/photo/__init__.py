"""Photo: a photograph on its way through SqueezeNet, a real ImageNet network, with every number of every layer."""
