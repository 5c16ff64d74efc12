"""Classes: a frozen network makes features of a few pictures, a softmax regression learns classes of one's own from them."""
