"""The outbox of provider calls: where an operator sees what is owed. It never decides anything: payments, refunds and
setups have their own states; this is the trace of asking."""
