"""The refiner with a tiny, randomly initialised Stable Diffusion and motion adapter: real loading, real denoising, no weights fetched."""

import json
import string

import numpy as np
import pytest
import torch

from engine.core.errors import DataError
from engine.gait.records import Subject
from render.backends.control import depth_picture, normal_picture
from render.backends.diffusion import RefineSection
from render.backends.refine import Refiner, count_refined, describe, judge
from render.camera.camera import Camera, look_rotation, make_intrinsics
from render.core.frame import Frame

_PLACE = "a clinic corridor"
_FOLDERS = {"": "pipeline", "control_": "control", "motion_": "motion"}


@pytest.fixture(scope="module")
def frame() -> Frame:
    """A bright box before a dark wall, 3 m away, in a picture whose sides are no multiples of anything."""
    height, width = 75, 100
    y, x = np.indices((height, width))
    box = (np.abs(x - 50) < 15) & (np.abs(y - 37) < 25)
    colour = np.where(box[..., None], [200, 160, 120], [40, 60, 50]) + (x % 7)[..., None]
    return Frame(colour.astype(np.uint8), np.where(box, 3.0, 5.0), (2 * box).astype(np.uint8), np.zeros((75, 100, 2)))


@pytest.fixture(scope="module")
def camera() -> Camera:
    rotation = look_rotation(np.array([0.0, 0.0, -1.0]))
    return Camera("front", make_intrinsics(0.8, (100, 75)), rotation, np.zeros(3), (100, 75))


def _label() -> tuple[np.ndarray, np.ndarray]:
    return np.array([[36.0, 13.0], [64.0, 61.0]]), np.ones(2, bool)


def test_near_is_bright(frame):
    picture = depth_picture(frame.depth)
    assert picture.shape == (75, 100, 3)
    assert picture[37, 50].tolist() == [255] * 3
    assert picture[5, 5].tolist() == [0] * 3


def test_normals_of_a_wall_and_of_a_floor(camera):
    """A wall square to the camera looks at it; a floor below looks up."""
    wall = normal_picture(np.full((75, 100), 4.0), camera)
    assert np.abs(wall.astype(int) - [128, 128, 255]).max() <= 1
    y = np.indices((75, 100))[0]
    slope = (y - camera.intrinsics[1, 2]) / camera.intrinsics[1, 1]
    floor = normal_picture(np.where(slope > 0.05, 1.5 / np.maximum(slope, 0.05), 0.0), camera)
    assert np.abs(floor[50:70, 10:90].astype(int) - [128, 255, 128]).max() <= 3


def test_prompts_name_age_sex_and_place():
    def person(years: float, sex: str) -> str:
        return describe(Subject("x", years, sex, 1.6, 60.0), _PLACE)

    assert "74 year old elderly woman walking in a clinic corridor" in person(74, "female")
    assert "7 year old boy" in person(7, "male")
    assert "15 year old teenage girl" in person(15, "female")
    assert "30 year old man" in person(30, "male")


def test_true_frames_are_kept_and_false_ones_counted(frame):
    keypoints, visible = _label()
    bright = np.clip(frame.colour.astype(int) * 1.15 + 8, 0, 255).astype(np.uint8)
    moved = np.roll(frame.colour, 6, axis=1)
    film = [judge(frame, picture, keypoints, visible) for picture in (bright, moved, frame.colour)]
    report = count_refined(film)
    assert (report.frames, report.kept, list(report.refused)) == (3, 2, [1])
    assert "moved by" in report.refused[1] or "found again" in report.refused[1]
    assert np.array_equal(film[0].colour, bright)
    assert np.array_equal(film[1].colour, frame.colour)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Folders of a pipeline, of a ControlNet and of a motion adapter with a few thousand random weights."""
    transformers = pytest.importorskip("transformers", reason="pip install 'gaitforge[refine]'")
    from diffusers import (
        AutoencoderKL,
        ControlNetModel,
        DDIMScheduler,
        MotionAdapter,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    unet = UNet2DConditionModel(
        sample_size=16,
        block_out_channels=(8, 16),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=2,
        norm_num_groups=4,
    )
    control = ControlNetModel.from_unet(unet, conditioning_channels=3)
    for block in (*control.controlnet_down_blocks, control.controlnet_mid_block, control.controlnet_cond_embedding):
        for weight in block.parameters():
            torch.nn.init.normal_(weight, std=0.12)
    vae = AutoencoderKL(
        block_out_channels=(4, 4, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=4,
        sample_size=64,
    )
    tokenizer = _tokenizer(transformers, folder / "words")
    text = transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder / "pipeline")
    control.save_pretrained(folder / "control")
    motion = MotionAdapter(
        block_out_channels=(8, 16), motion_layers_per_block=1, motion_num_attention_heads=2, motion_norm_num_groups=4
    )
    for name, weight in motion.named_parameters():
        if "proj_out" in name:
            torch.nn.init.normal_(weight, std=0.3)
    motion.save_pretrained(folder / "motion")
    return {f"{name}weights": str(folder / kind) for name, kind in _FOLDERS.items()}


def _tokenizer(transformers, folder):
    """Knows letters only."""
    folder.mkdir()
    signs = string.ascii_lowercase + string.digits + ",."
    words = [*signs, *(f"{sign}</w>" for sign in signs), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: k for k, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return transformers.CLIPTokenizer.from_pretrained(folder, model_max_length=77)


def _refiner(weights, *, motion: bool, **settings) -> Refiner:
    named = {name: folder for name, folder in weights.items() if motion or name != "motion_weights"}
    return Refiner(RefineSection(**named, **{"steps": 4, "strength": 0.75} | settings), device="cpu")


def _film(frame, length: int) -> list[Frame]:
    """The box drifts to the right, two pixels a frame."""
    moved = [
        {name: np.roll(getattr(frame, name), 2 * k, axis=1) for name in ("colour", "depth", "parts")}
        for k in range(length)
    ]
    return [Frame(**one, velocity=frame.velocity) for one in moved]


def _flat(frame) -> Frame:
    return Frame(frame.colour, np.full_like(frame.depth, 4.0), frame.parts, frame.velocity)


def _same(one, other) -> list[bool]:
    return [np.array_equal(*pair) for pair in zip(one, other, strict=True)]


@pytest.mark.parametrize("motion", [False, True])
def test_the_refiner_redraws_and_geometry_steers_it(weights, frame, camera, motion):
    refiner, film, cameras = _refiner(weights, motion=motion), _film(frame, 3), [camera] * 3
    pictures = refiner.redraw(film, cameras, prompt="a man", seed=1)
    assert [(picture.shape, picture.dtype) for picture in pictures] == [(frame.colour.shape, np.uint8)] * 3
    assert all(_same(pictures, refiner.redraw(film, cameras, prompt="a man", seed=1)))
    assert not any(_same(pictures, refiner.redraw(film, cameras, prompt="a man", seed=2)))
    assert not any(_same(pictures, refiner.redraw([*map(_flat, film)], cameras, prompt="a man", seed=1)))


@pytest.mark.parametrize("motion", [False, True])
def test_frames_of_a_clip_see_each_other(weights, frame, camera, motion):
    """One frame's geometry changes: each for itself, it alone is drawn differently; in a clip all are."""
    refiner, film, cameras = _refiner(weights, motion=motion), _film(frame, 3), [camera] * 3
    pictures = refiner.redraw(film, cameras, prompt="a man", seed=1)
    changed = refiner.redraw([*film[:2], _flat(film[2])], cameras, prompt="a man", seed=1)
    assert _same(pictures, changed) == [not motion, not motion, False]


def test_a_long_clip_is_seen_through_windows(weights, frame, camera):
    """What changes in the last frame reaches the windows that hold it, and a short clip afterwards is seen whole again."""
    refiner, film = _refiner(weights, motion=True, window=4), _film(frame, 7)
    short = refiner.redraw(film[:3], [camera] * 3, prompt="a man", seed=1)
    pictures = refiner.redraw(film, [camera] * 7, prompt="a man", seed=1)
    assert len(pictures) == 7
    whole = _refiner(weights, motion=True, window=7).redraw(film, [camera] * 7, prompt="a man", seed=1)
    assert not any(_same(pictures, whole))
    changed = refiner.redraw([*film[:6], _flat(film[6])], [camera] * 7, prompt="a man", seed=1)
    assert not any(_same(pictures, changed)[3:])
    assert all(_same(short, refiner.redraw(film[:3], [camera] * 3, prompt="a man", seed=1)))


@pytest.mark.parametrize("motion", [False, True])
def test_what_random_weights_draw_is_refused_frame_by_frame(weights, frame, camera, motion):
    film = _film(frame, 2)
    keypoints, visible = _label()
    refined = _refiner(weights, motion=motion, control="normal").refine(
        film, [camera] * 2, keypoints + np.array([[[0, 0]], [[2, 0]]]), np.stack([visible] * 2), prompt="a man", seed=0
    )
    report = count_refined(refined)
    assert (report.frames, report.kept, list(report.refused)) == (2, 0, [0, 1])
    assert all(np.array_equal(one.colour, drawn.colour) for one, drawn in zip(refined, film, strict=True))


@pytest.mark.parametrize("kind", ["weights", "control_weights", "motion_weights"])
def test_weights_that_are_not_there_are_named(weights, tmp_path, kind):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"'\S*empty'.* cannot be loaded"):
        _refiner(weights | {kind: str(tmp_path / "empty")}, motion=True)


def test_settings_that_cannot_work_are_refused(weights):
    with pytest.raises(DataError, match="at most 32 frames, not 40"):
        _refiner(weights, motion=True, window=40)
    with pytest.raises(ValueError, match="less than one step"):
        RefineSection(weights="a", control_weights="b", steps=2, strength=0.4)
