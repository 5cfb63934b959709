"""The kernel owns what every domain shares (money, ids, actions, events, jobs, ports) and knows no domain."""
