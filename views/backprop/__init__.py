"""Backpropagation: a formula as a graph, forward node by node, then backward edge by edge."""
