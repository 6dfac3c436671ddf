"""Stand-ins for the vendors: real HTTP servers on loopback that speak the vendor's protocol to the vendor's own SDK.

They are not the vendors. Nothing they accept leaves this machine, the language model does not understand anything, and
the vectors know spelling, not meaning. `make run` uses them for each vendor whose keys are not set; the tests always.
"""
