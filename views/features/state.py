"""What follows in the features view from the photograph itself: how many keypoints there are to choose from."""

from __future__ import annotations

from ..state import State
from .photograph import by_contrast, sift_of
from .settings import FeaturesSettings


class FeaturesState(State[FeaturesSettings]):
    """No actions; a keypoint that is not there becomes the last one."""

    def settle(self, settings: FeaturesSettings) -> list[str]:
        """Bring the keypoint back. Returns notices. Raises FileNeeded."""
        if settings.method != "sift" or settings.keypoint == 0:
            return []
        count = len(by_contrast(sift_of(settings, self.files)))
        if settings.keypoint < max(count, 1):
            return []
        asked, last = settings.keypoint, max(count - 1, 0)
        settings.put({"keypoint": last})
        return [f"This photograph has {count} keypoints: {asked} became {last}."]
