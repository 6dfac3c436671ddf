"""How the coefficient files come about: reading rows, fitting, scoring. numpy lives here and not in the engine; what is fitted
here is written to a file and predicted from by `valuation.engine`, in products, benchmarks and backtests alike."""
