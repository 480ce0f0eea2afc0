"""One recording in, a reading and what is to be told of it out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from downstream.analysis.reading_doubts import doubts
from downstream.network.curve_network import CurveNetwork, load_network
from downstream.readings.gait_reading import GaitReading
from downstream.readings.read_walk import WalkRead, read_walk
from downstream.readings.walker import Walker
from downstream.recordings.reading import Reading, Said, checked, is_keypoints, read_recording
from downstream.recordings.videos.detectors import load_detector
from downstream.recordings.videos.video_frames import probe
from downstream.recordings.walking_bouts import Bout, walking_bouts
from downstream.reports.recording_facts import RecordingFacts, Span
from engine.core.conventions import Sex
from engine.core.errors import DataError
from engine.core.frozen import frozen

SHIPPED_WEIGHTS = Path(__file__).parents[1] / "weights"
_GIVEN = "none: keypoints were given"


@dataclass(frozen=True)
class Told:
    """What a user tells of a recording: ``said`` of its file and the person's height; age and sex."""

    said: Said = field(default_factory=Said)
    age_years: float | None = None
    sex: Sex | None = None

    def of(self, walker: Walker) -> "Told":
        """The same with what is known of one person, who wins over what is told of all."""
        return Told(
            self.said if walker.height_m is None else self.said._replace(height_m=walker.height_m),
            self.age_years if walker.age_years is None else walker.age_years,
            walker.sex or self.sex,
        )


@dataclass(frozen=True)
class Reader:
    """What recordings are read with: a network, the folder that it comes from, and which pose detector finds keypoints in videos."""

    network: CurveNetwork
    folder: Path
    detector: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Of the weights, for reports."""
        shipped = self.folder == SHIPPED_WEIGHTS
        return {"folder": str(self.folder), "shipped": shipped, "trained_on": self.network.config["trained_on"]}


@frozen
class Analysis:
    """A reading with the facts that its reports need."""

    reading: GaitReading
    facts: RecordingFacts


def load_reader(folder: Path | None = None, detector: str | None = None) -> Reader:
    """The reader of ``folder``, by default the shipped one.

    Raises:
        DataError: no weights are there.
    """
    folder = folder or SHIPPED_WEIGHTS
    return Reader(load_network(folder), folder, detector)


def analyze_file(reader: Reader, file: Path, told: Told, name: str | None = None) -> Analysis:
    """What is read of the person in ``file``: a video, or keypoints in a file or folder (see `read_recording`). Of several bouts of
    straight walking the longest is read. Reports call the recording ``name``, by default its path.

    Raises:
        DataError: the file cannot be used, or nobody walks; names it.
        MissingDependencyError: a video, and no pose detector is installed.
    """
    found, finder = _recording(file, told.said, reader.detector)
    with _naming(file):
        bouts = walking_bouts(found.recording)
        bout = max(bouts, key=len)
        read = read_walk(reader.network, found.recording, bout, told.age_years, told.sex)
    return Analysis(read.reading, _facts(name or str(file), found, finder, bouts, bout, read, reader))


def _recording(file: Path, said: Said, detector: str | None) -> tuple[Reading, str]:
    """The recording in a file, and who found its keypoints."""
    if is_keypoints(file):
        return read_recording(file, said), _GIVEN
    probe(file)
    pose_detector = load_detector(detector)
    recording = pose_detector.detect(file)
    with _naming(file):
        return checked(recording, said), type(pose_detector).__name__


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise DataError(f"{file}: {error}") from error


def _facts(
    name: str, found: Reading, finder: str, bouts: list[Bout], bout: Bout, read: WalkRead, reader: Reader
) -> RecordingFacts:
    whole = found.recording

    def span(one: Bout) -> Span:
        return one.start / whole.fps, one.stop / whole.fps

    left_out_s = whole.seconds - len(bout) / whole.fps
    return RecordingFacts(
        file=name,
        walker=read.walker,
        frames=len(whole),
        fps=whole.fps,
        image_size=whole.image_size,
        focal_px=whole.focal_px,
        pose_detector=finder,
        walking_s=tuple(span(one) for one in bouts),
        read_s=span(bout),
        put_right=found.words,
        repairs=read.walk.repairs.to_dict(),
        mind=doubts(read, left_out_s, reader.network.config["trained_on"]),
        model=reader.facts,
        keypoints=read.keypoints,
    )
