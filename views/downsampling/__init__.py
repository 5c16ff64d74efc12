"""Downsampling: one window after another becomes one number, by three rules side by side."""
