"""What a business is worth: a plain-Python engine, dated packs of market data, immutable results made by a worker."""
