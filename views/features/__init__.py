"""Features: what came before learned ones. HOG and SIFT step by step, and the first filters of LeNet-5 and SqueezeNet."""
