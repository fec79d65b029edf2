"""ROOM 1: what is written in a log, without its meaning."""

from vllm_doctor.log.attempts import attempts
from vllm_doctor.log.decode import Source, physical_lines
from vllm_doctor.log.fold import events
from vllm_doctor.log.group import records
from vllm_doctor.log.order import in_order
from vllm_doctor.log.read import read_log
from vllm_doctor.log.unwrap import logical_lines

__all__ = [
    "Source",
    "attempts",
    "events",
    "in_order",
    "logical_lines",
    "physical_lines",
    "read_log",
    "records",
]
