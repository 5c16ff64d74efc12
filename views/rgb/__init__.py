"""RGB: a filter reads three channels at once, one kernel each, and the three sums make one cell."""
