"""What a cart pays and why: a pure function of the cart, the promotions and the time."""
