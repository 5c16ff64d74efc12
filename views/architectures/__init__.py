"""Architectures: what goes from layer to layer, and what each layer costs, counted."""
