"""The ways to pay that a buyer keeps."""
