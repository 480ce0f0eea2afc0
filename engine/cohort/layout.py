"""Which file of a cohort lies where: the public contract of a cohort on disk, in one place."""

from dataclasses import dataclass
from pathlib import Path

from engine.core.errors import DataError


@dataclass(frozen=True)
class WalkFiles:
    """Files of one walk."""

    folder: Path

    @property
    def coordinates(self) -> Path:
        return self.folder / "coordinates.mot"

    @property
    def ground_forces(self) -> Path:
        return self.folder / "grf.mot"

    @property
    def external_loads(self) -> Path:
        return self.folder / "grf.xml"

    @property
    def activations(self) -> Path:
        return self.folder / "activations.sto"

    @property
    def moments(self) -> Path:
        return self.folder / "moments.sto"

    @property
    def events(self) -> Path:
        return self.folder / "events.json"

    @property
    def imu(self) -> Path:
        return self.folder / "imu.parquet"

    @property
    def dynamics(self) -> Path:
        """In place of tables and sensors where only what is learnt from is kept."""
        return self.folder / "dynamics.npz"

    @property
    def points(self) -> Path:
        return self.folder / "points.npz"


@dataclass(frozen=True)
class SubjectFiles:
    """Files of one subject. ``outcome`` is written last: where it is, the subject is finished."""

    folder: Path

    @property
    def subject(self) -> Path:
        return self.folder / "subject.json"

    @property
    def model(self) -> Path:
        return self.folder / "model.osim"

    @property
    def outcome(self) -> Path:
        return self.folder / "outcome.json"

    @property
    def failure(self) -> Path:
        """Of a subject that could not be made: the error in full."""
        return self.folder / "failure.txt"

    def walk(self, walk_id: str) -> WalkFiles:
        return WalkFiles(self.folder / walk_id)


@dataclass(frozen=True)
class CohortFiles:
    """Files of a cohort."""

    folder: Path

    @property
    def spec(self) -> Path:
        return self.folder / "cohort.yaml"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.parquet"

    @property
    def rejections(self) -> Path:
        return self.folder / "rejections.parquet"

    @property
    def failures(self) -> Path:
        return self.folder / "failures.parquet"

    @property
    def report(self) -> Path:
        return self.folder / "report.html"

    @property
    def evaluation(self) -> Path:
        return self.folder / "evaluation.json"

    def subject(self, subject_id: str) -> SubjectFiles:
        return SubjectFiles(self.folder / "subjects" / subject_id)

    def require(self) -> "CohortFiles":
        """Itself, if a finished cohort is there.

        Raises:
            DataError: names what is missing and the command that makes it.
        """
        for path in (self.spec, self.manifest):
            if not path.is_file():
                raise DataError(
                    f"{path}: missing, so {self.folder} is not a finished cohort; "
                    f"`gaitforge cohort SPEC -o {self.folder}` makes one or goes on with one, `gaitforge join` joins parts"
                )
        return self
