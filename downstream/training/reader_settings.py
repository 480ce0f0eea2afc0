"""What a training of the reader depends on, beside its cohort."""

from dataclasses import asdict, dataclass
from typing import Any

_HOW_NOT_WHAT = ("workers", "checkpoint_s")


@dataclass(frozen=True)
class ReaderSettings:
    """Each epoch visits every walk once and draws ``clips`` examples of it; ``batch_size`` examples are learnt from at a time, those of
    ``batches`` such batches are drawn together. ``calibration`` examples of validation subjects set the uncertainty. Neither how many
    ``workers`` draw examples (0: the process that learns does) nor after how many seconds a state is kept (``checkpoint_s``) changes the
    weights.

    There is no early stopping: validation on synthetic walks would choose the model that trusts clean input most.
    """

    epochs: int = 3
    clips: int = 8
    batch_size: int = 32
    batches: int = 4
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    calibration: int = 1200
    seed: int = 0
    workers: int = 2
    checkpoint_s: float = 120.0

    @property
    def visits_together(self) -> int:
        """Walks whose examples are drawn together."""
        return max(self.batches * self.batch_size // self.clips, 1)

    def decisive(self) -> dict[str, Any]:
        """Those that the weights depend on, by name."""
        return {name: value for name, value in asdict(self).items() if name not in _HOW_NOT_WHAT}
