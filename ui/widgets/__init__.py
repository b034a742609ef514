"""Small reusable pieces that pages are built from."""
