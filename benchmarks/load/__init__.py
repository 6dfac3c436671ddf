"""`make load`: what the market bears at a stated rate of arrivals, and what its hot routes cost beside two baselines."""
