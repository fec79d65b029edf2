"""What a launch of one release is called in another: options and variables, their values and keys, by release.

Pure: nothing here knows how a launch is written. `plan` answers with what is to be taken out and put in, and why.
"""

from __future__ import annotations

from vllm_doctor.vllm.moving.plan import plan
from vllm_doctor.vllm.moving.shifts import Shift, shifts
from vllm_doctor.vllm.moving.types import Launched, Move, Plan, Put, Stuck, Words

__all__ = ["Launched", "Move", "Plan", "Put", "Shift", "Stuck", "Words", "plan", "shifts"]
