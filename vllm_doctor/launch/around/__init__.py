"""What stands around a launch in its file: GPUs, shared memory, probes, services, mounts. No verdicts."""
