"""`python -m vllm_doctor` is `vllm-doctor`."""

from vllm_doctor.cli import main

if __name__ == "__main__":
    main()
