"""Who fits whom: conditions, two-sided scores with their parts, and order. Arithmetic on arrays; no Django, no vendor."""
