"""How one number of a network comes about: a unit, what it reads, what reads it. One module for each kind of layer.

Views of networks share this package: `activations` names the units, `kinds` has the table from a layer's kind to the class
that derives its units, `card` turns a derivation into what the page shows.
"""
