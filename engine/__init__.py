"""A pure-NumPy engine for convolutional networks, written to be read."""

from .conv import ConvTerms as ConvTerms
from .conv import conv2d as conv2d
from .conv import conv2d_backward as conv2d_backward
from .conv import conv2d_loops as conv2d_loops
from .conv import conv2d_terms as conv2d_terms
from .mnist import CLASS_COUNT as CLASS_COUNT
from .mnist import DIGIT_COUNT as DIGIT_COUNT
from .mnist import IMAGE_SIZE as IMAGE_SIZE
from .mnist import SHARD_SIZE as SHARD_SIZE
from .mnist import TEST_COUNT as TEST_COUNT
from .mnist import TRAIN_COUNT as TRAIN_COUNT
from .mnist import DataError as DataError
from .mnist import read_shard as read_shard
from .mnist import shard_of as shard_of
from .shapes import ReceptiveField as ReceptiveField
from .shapes import ShapeError as ShapeError
from .shapes import Sliding as Sliding
from .shapes import output_size as output_size
from .shapes import output_sizes as output_sizes
from .shapes import receptive_field as receptive_field
from .windows import sliding_windows as sliding_windows
