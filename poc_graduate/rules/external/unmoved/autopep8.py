"""Leaves files as they are: nbqa lets autopep8 put blank lines into what it hands to a tool, and
then every line that the tool names behind them is another one of the cell.
"""
