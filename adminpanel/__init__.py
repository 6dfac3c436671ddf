"""Where staff work: the Django admin with our name on it, the review queue, and the demonstration market."""
