"""Operators of the installation and the accounts of its demo, both made from the command line only."""
