"""HTTP doors of rooms."""
