"""HTTP's side of the kernel: one envelope, one error shape, one way to page, limit and repeat."""
