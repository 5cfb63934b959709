"""What makes the engine a node among others: leases, recordings in a blob store, answers for what others hold."""
