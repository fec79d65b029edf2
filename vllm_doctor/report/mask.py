"""The door to masking for those that draw; see `vllm_doctor.masking`."""

from vllm_doctor.masking import MASKED, is_secret_name, mask, mask_argv, mask_data

__all__ = ["MASKED", "is_secret_name", "mask", "mask_argv", "mask_data"]
