"""Text to launches and back: what a command gives to vLLM, and edits that change nothing else."""
