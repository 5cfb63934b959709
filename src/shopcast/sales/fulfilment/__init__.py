"""Fulfilment: what is to be picked, parcels sent and delivered, units cancelled before they left."""
