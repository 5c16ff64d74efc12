"""Filters: what a channel looks for, the patches that excite it most, and the picture that gradient ascent makes for it."""
