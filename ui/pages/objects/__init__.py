"""What the grids of campaigns, ad sets and ads are made of."""
