"""How large an aid is for a person: where its handle is, from the arms that will hold it."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from render.aids.arm import arm_lengths
from render.aids.grip import Grip, take_hold
from render.body.footwear import sole_thickness_m
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.people.aid import BodySide

FITTED_FLEXION = np.radians(27.0)
"""Elbow flexion with the hand on the handle, standing. With the handle at the crease of the wrist, as canes are fitted (Bradley & Hernandez
2011, Am Fam Physician 84:405), it is 25 ± 6 degrees; 20 to 30 are aimed at (Kumar, Roe & Scremin 1995, Arch Phys Med Rehabil 76:1173)."""
HAND_AHEAD = 0.05
"""Of the shoulder, standing, share of stature; assumed."""


@dataclass(frozen=True)
class Fit:
    """A person's measures for an aid: the ``grip`` of one hand, ``handle`` height of the handle's middle over the floor, ``fore`` length of
    the forearm, ``stature``; metres."""

    grip: Grip
    handle: float
    fore: float
    stature: float


def fit_aid(person: Anatomy, side: BodySide) -> Fit:
    """Sizes of an aid for that hand."""
    grip = take_hold(person, side)
    upper, fore = arm_lengths(person.joints, side)
    reach = np.sqrt(upper**2 + fore**2 + 2 * upper * fore * np.cos(FITTED_FLEXION))
    ahead = HAND_AHEAD * person.stature
    shoulder = person.joints[JOINT[f"{side}_shoulder"], 1] - person.floor + sole_thickness_m(person.stature)
    wrist = shoulder - np.sqrt(reach**2 - ahead**2)
    return Fit(grip, float(wrist - grip.wrist[1]), fore, person.stature)


def shoulder_of(joints: Array, side: BodySide) -> Array:
    """Centres ``(F, 3)`` of one shoulder among ``joints (F, 55, 3)``."""
    return joints[:, JOINT[f"{side}_shoulder"]]
