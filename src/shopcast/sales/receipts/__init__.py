"""Receipts: the order as a page, a PDF and a mail, in both languages."""
