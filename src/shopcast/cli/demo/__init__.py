"""The demo market: a drawn shop, a broadcast made once, a host who follows its pictures and a small crowd.

Everything it does goes through the doors that people use.
"""
