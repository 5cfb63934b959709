"""Who did what: reading the audit trail that every domain writes."""
