"""Run the notebook in a real kernel and write down what happened."""
