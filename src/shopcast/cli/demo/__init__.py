"""The demo market: a drawn shop, a broadcast made once, a host who follows its pictures, a small crowd. All through public doors."""
