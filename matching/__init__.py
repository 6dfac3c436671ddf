"""What buyers, investors and lenders look for, and which listings fit, with reasons."""
