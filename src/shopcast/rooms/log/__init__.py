"""The room log: unnumbered entries in, one gap-free sequence out."""
