"""The phone simulator. Local environment only: `urls.py` does not route to it anywhere else."""
