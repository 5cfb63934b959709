"""Pictures: uploaded, fetched from elsewhere, or drawn."""
