"""A training small enough for tests."""

from downstream.train_estimator import TrainingSettings

SMALL = TrainingSettings(epochs=12, seed=3, noisy_walks=180, batch_size=32)
