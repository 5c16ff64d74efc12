"""A pure-NumPy engine for convolutional networks, written to be read."""

from .activations import relu, relu_backward, sigmoid, sigmoid_backward, tanh, tanh_backward
from .architectures import convnetjs_mnist, lenet5, logistic_regression, mlp
from .autodiff import Graph, Increment, Node, backward_pass, forward_pass, tied_nodes
from .branches import Add, Concat
from .cell_layers import Dropout, Flatten, Identity, ReLU, Sigmoid, Tanh
from .chain_specs import BranchesSpec
from .conv import (
    ConvTerms,
    conv2d,
    conv2d_backward,
    conv2d_backward_loops,
    conv2d_in_order,
    conv2d_loops,
    conv2d_terms,
)
from .conv1d import conv1d, conv1d_backward, conv1d_loops
from .convnetjs import export_convnetjs, import_convnetjs
from .digits import DigitPreprocessing, mnist_digit
from .evaluation import Evaluation, evaluate, wilson_interval
from .examples import centre_crop, network_input
from .finite_differences import Slopes, Verdict, check_gradients, judge, slopes
from .formula import FormulaError, parse_formula
from .hog import cell_histograms, cell_histograms_loops, hog, normalise_block, pixel_gradients
from .initialisers import glorot_uniform, he_normal
from .keypoints import Extrema, find_extrema
from .layer_specs import ConvSpec, DropoutSpec, FlattenSpec, GlobalPoolSpec, LayerSpec, LinearSpec, PoolSpec, ResponseNormSpec
from .layers import AvgPool2d, Conv2d, GlobalAvgPool2d, Layer, Linear, LocalResponseNorm, MaxPool2d
from .linear import flatten, flatten_backward, linear, linear_backward
from .losses import (
    cross_entropy,
    cross_entropy_backward,
    cross_entropy_per_example,
    softmax,
    softmax_backward,
    squared_error,
    squared_error_backward,
)
from .mnist import CLASS_COUNT, DIGIT_COUNT, IMAGE_SIZE, SHARD_SIZE, TEST_COUNT, TRAIN_COUNT, DataError, read_shard, shard_of
from .network import LayerSummary, Network
from .network_text import NetworkTextError, parse_layers, parse_network
from .normalisation import local_response_norm, local_response_norm_backward, local_response_norm_loops
from .optimisers import OPTIMISERS, SGD, Adadelta, Adagrad, Adam, Optimiser, RMSprop
from .pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    max_pool2d,
    max_pool2d_argmax,
    max_pool2d_backward,
    max_pool2d_loops,
)
from .scale_space import gaussian_blur, gaussian_kernel, scale_space
from .shapes import ReceptiveField, ShapeError, Sliding, output_size, output_sizes, receptive_field
from .sift import Keypoint, Matches, SiftFeatures, describe, describe_loops, direction_histogram, match, sift
from .squeezenet import squeezenet, squeezenet_input
from .trainer import Trainer, TrainSettings, TrainStep
from .transposed import conv_transpose2d, conv_transpose2d_backward, conv_transpose2d_loops, insert_zeros, transposed_sizes
from .warping import Similarity, warp
from .weights import WeightsError, load_weights, put_weights, read_weights, save_weights
from .windows import sliding_windows
