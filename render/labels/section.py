"""Which labels are kept: one section of the look file."""

from typing import Literal

from pydantic import Field

from engine.core.yaml_files import StrictModel


class LabelsSection(StrictModel):
    """Boxes, cameras, COCO's keypoints and SMPL-X's joints in the world are always kept."""

    keypoints: tuple[Literal["body25", "smplx"], ...] = Field(
        default=("body25", "smplx"), description="sets of keypoints that are kept in the picture beside COCO's 17"
    )
    masks: bool = Field(default=False, description="where the person is seen, <camera>.masks.npz")
    depth: bool = Field(default=False, description="distance of each pixel around the person, <camera>.depth.npz")
    parts: bool = Field(default=False, description="part of the body at each pixel, <camera>.parts.npz")
