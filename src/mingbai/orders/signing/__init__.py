"""签字: what was drawn, and the paper that it stands on."""
