"""What is known exactly about every frame: keypoints, boxes, visibility, pixels, cameras; and the motion in AMASS's form."""

from render.labels.camera_labels import CameraLabels, label_camera
from render.labels.label_files import read_labels, write_labels, write_motion
from render.labels.labeller import Labeller
from render.labels.section import LabelsSection
from render.labels.track import BodyTrack, track_body
from render.labels.visibility import visible_keypoints
from render.labels.world_points import world_points

__all__ = [
    "BodyTrack",
    "CameraLabels",
    "Labeller",
    "LabelsSection",
    "label_camera",
    "read_labels",
    "track_body",
    "visible_keypoints",
    "world_points",
    "write_labels",
    "write_motion",
]
