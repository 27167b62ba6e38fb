"""What may be applied for, what is looked at, who is recognised. Pure; no part of it knows Django."""
