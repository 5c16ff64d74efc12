"""The facts of the history view, each with its source: results of ILSVRC's classification task, and whose labels are used.

Top-5 error: the share of the test photographs whose class is not among the five that were named. The figures are those of
slides 20-29 and 80 of the lecture.
"""

from __future__ import annotations

from dataclasses import dataclass

OVERVIEW = "Russakovsky et al.: ImageNet Large Scale Visual Recognition Challenge. Int. Journal of Computer Vision, 2015"
ALEXNET = "Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks. NIPS, 2012"
ZFNET = "Zeiler, Fergus: Visualizing and understanding convolutional networks. ECCV, 2014"
VGG = "Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition. arXiv 1409.1556, 2014"
GOOGLENET = "Szegedy et al.: Going deeper with convolutions. arXiv 1409.4842, 2014"
RESNET = "He, Zhang, Ren, Sun: Deep residual learning for image recognition. arXiv 1512.03385, 2015"


@dataclass(frozen=True)
class ChallengeResult:
    """One entry. error: top-5, in percent; depth: layers with weights, 0 without a deep network; architecture: in that view."""

    year: int
    name: str
    error: float
    depth: int
    about: str
    sources: tuple[str, ...]
    architecture: str = ""


RESULTS = (
    ChallengeResult(
        2010, "NEC", 28.2, 0,
        "Hand-made features (HOG, local binary patterns) and support vector machines, by NEC and the University of Illinois.",
        (OVERVIEW,),
    ),
    ChallengeResult(
        2011, "XRCE", 25.8, 0, "Hand-made features once more: SIFT, gathered as Fisher vectors.", (OVERVIEW,)
    ),
    ChallengeResult(
        2012, "AlexNet", 16.4, 8, "The mean of five convolutional networks, trained on the challenge's photographs alone.",
        (ALEXNET,), "alexnet",
    ),
    ChallengeResult(
        2012, "+ data", 15.3, 8,
        "The entry that won: seven AlexNets, of which two were trained first on all of ImageNet's photographs of 2011.",
        (ALEXNET,), "alexnet",
    ),
    ChallengeResult(
        2013, "ZFNet", 11.7, 8,
        "AlexNet with smaller windows in its first layers: several such networks, entered by an author's company.",
        (OVERVIEW, ZFNET), "zfnet",
    ),
    ChallengeResult(
        2014, "VGG", 7.3, 19, "3×3 convolutions alone, up to 19 layers: second place.", (OVERVIEW, VGG), "vgg19"
    ),
    ChallengeResult(
        2014, "GoogLeNet", 6.7, 22, "Inception modules: fewer parameters than AlexNet, and first place.",
        (OVERVIEW, GOOGLENET), "googlenet",
    ),
    ChallengeResult(
        2015, "ResNet", 3.57, 152, "Residual blocks let networks of 152 layers learn; the mean of six networks wins.",
        (RESNET,), "resnet152",
    ),
)  # fmt: skip
PERSON = 5.1  # percent: one trained person on 1,500 of the test photographs
PERSON_NOTE = f"The line at {PERSON} %: one trained person, on 1,500 of the photographs."
# The class of each photograph of the project, as its authors label them; none of the thousand is right for the others.
LABELS = {
    "arch": 873, "baseball": 429, "bear": 296, "camera": 872, "cat": 281, "coffee": 967, "dragon": 48, "goldfish": 1,
    "koala": 105, "lemur": 383, "macaw": 88, "mosque": 668, "panda": 388, "screwdriver": 784,
}  # fmt: skip
