"""Mandates: what a buyer allows us to charge later, how much at most, for what and until when."""
