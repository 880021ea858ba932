"""Executors: where `run_unit` runs. The unit is the work, files are the data plane; they decide nothing else."""
