"""A launch, written for one release of vLLM, rewritten for another: `migrate` is the door."""

from __future__ import annotations

from vllm_doctor.engine.migration.migrate import Migrator
from vllm_doctor.engine.migration.types import ChangedDefault, LaunchMigration, Migration, Obstacle, Step

__all__ = ["ChangedDefault", "LaunchMigration", "Migration", "Migrator", "Obstacle", "Step"]
