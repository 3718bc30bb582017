"""Run a notebook once, in a scratch copy of its folder, and write down what it did."""
