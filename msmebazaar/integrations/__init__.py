"""Adapters to vendors. Each hides one SDK behind a Protocol, sets its timeouts, counts its calls and turns its errors into
`VendorError`. They know the kernel only."""
