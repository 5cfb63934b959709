"""Blobs in S3-compatible storage."""
