"""The way in: a person's musculoskeletal model from who they are, their body's lengths and their impairments."""

from dataclasses import replace
from functools import cache

from engine.core.arrays import Array
from engine.gait.records import BodyShape, MusculoskeletalParameters, Subject
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.calibrate import calibrate
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.impair import impair
from engine.musculoskeletal.lengths import generic_lengths, joint_centres
from engine.musculoskeletal.published import published_model
from engine.musculoskeletal.scale import path_lengths, scale_geometry, scale_muscles, segment_scales
from engine.musculoskeletal.segment_mass import distribute_mass, share_ratios
from engine.musculoskeletal.toolkit import opensim
from engine.musculoskeletal.torsions import twist_bones, unequal_lengths


@cache
def _generic_path_lengths() -> Array:
    return path_lengths(published_model())


def describe_subject(subject: Subject, body: BodyShape, parameters: MusculoskeletalParameters) -> ModelDescription:
    """The person's model as plain records (0.2 s): lengths of ``body``, mass of ``subject``, impairments of ``parameters``."""
    generic = calibrate(published_model())
    scales = segment_scales(body)
    mass_ratio = subject.mass_kg / generic.mass
    ratios = share_ratios(subject.age_years, subject.sex)
    bodies = distribute_mass(generic.bodies, scales, subject.mass_kg, ratios, parameters.segment_mass)
    bones = unequal_lengths(replace(scale_geometry(generic, scales), name=subject.id, bodies=bodies), parameters)
    whole = twist_bones(scale_muscles(bones, _generic_path_lengths(), mass_ratio), parameters)
    return impair(_stand(_scale_passive(whole, mass_ratio, body), body), parameters)


def _scale_passive(description: ModelDescription, mass_ratio: float, body: BodyShape) -> ModelDescription:
    """Passive joint torques in proportion to body weight times leg length."""
    generic = generic_lengths()
    leg_ratio = sum(body.lengths_m[name] for name in ("thigh", "shank")) / (generic["thigh"] + generic["shank"])
    coordinates = tuple(
        replace(coordinate, passive=coordinate.passive.times(mass_ratio * leg_ratio))
        for coordinate in description.coordinates
    )
    return replace(description, coordinates=coordinates)


def _stand(description: ModelDescription, body: BodyShape) -> ModelDescription:
    """The default pose stands on the floor, on the longer leg."""
    centres = joint_centres(description)
    height = body.lengths_m["ankle_height"] - min(centres["ankle_r"][1], centres["ankle_l"][1])
    coordinates = tuple(
        replace(coordinate, default=float(height)) if coordinate.name == "pelvis_ty" else coordinate
        for coordinate in description.coordinates
    )
    return replace(description, coordinates=coordinates)


def build_subject_model(subject: Subject, body: BodyShape, parameters: MusculoskeletalParameters) -> opensim.Model:
    """The person's OpenSim model (0.3 s): 31 free coordinates, two coupled patellae, 80 muscles.

    Keep a reference to it while its states live.
    """
    return build_model(describe_subject(subject, body, parameters))
