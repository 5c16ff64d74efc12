"""Draw a digit: a network reads it, and every unit of every layer tells how its number comes about."""
