"""What several processes tell each other through Redis or Valkey. All of it may be lost."""
