"""Runs MSMEBazaar on one machine with nothing installed beforehand.

`bootstrap` (standard library only) makes the virtual environment, `services` starts PostgreSQL, Valkey and an
S3 server from wheels, `supervisor` watches every process, `standins` speak the vendors' protocols on loopback,
and `__main__` is the command line behind `make run`, `up`, `down`, `test` and `tour`.
"""
