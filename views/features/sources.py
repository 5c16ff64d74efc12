"""The sources of the features view by name, each with its columns: lesson fills them, figure draws them.

The view has four parts, of which one is shown at a time; what a part does not draw is empty.
"""

from __future__ import annotations

RECTANGLE, CORNERS, LINE, WORDS = "x y w h", "x y dw dh", "x y x1 y1", "text x y size"
IMAGE = f"image {CORNERS}"
BARS, CIRCLE = "x width bottom top", "x y radius"
TABLE = {
    "photo": IMAGE, "second": IMAGE, "cell_image": IMAGE, "glyph_image": IMAGE, "patch": IMAGE, "turned": IMAGE,
    "scales": IMAGE, "differences": IMAGE, "lenet": IMAGE, "conv1_filters": IMAGE, "conv1_maps": IMAGE,
    **dict.fromkeys(("cell_frame", "block_frame", "pixel", "cell_pixel", "cell_beside", "cell_edge"), RECTANGLE),
    **dict.fromkeys(("glyph_cover", "glyph_frame", "block_cells", "peak_cell", "lenet_frame", "conv1_frames"), RECTANGLE),
    **dict.fromkeys(("scale_frames", "difference_frames"), CORNERS),
    **dict.fromkeys(("arrow", "glyphs", "glyph_grid", "keypoint_square", "keypoint_angles", "peak_line"), LINE),
    **dict.fromkeys(("descriptor", "descriptor_grid", "other", "other_grid"), LINE),
    **dict.fromkeys(("lines_right", "lines_wrong", "now_right", "now_wrong", "pair_squares"), LINE),
    **dict.fromkeys(("bin_bars", "vote_bars", "block_before", "block_after", "direction_bars", "peak_bars"), BARS),
    **dict.fromkeys(("keypoints", "chosen", "pair_points", "pair_true"), CIRCLE),
    **dict.fromkeys(("extrema_left", "extrema_gone"), "x y"),
    **dict.fromkeys(("bin_words", "bin_values", "direction_words", "neighbour_heads", "gallery_words"), WORDS),
    **dict.fromkeys(("difference_words", "layer_words"), WORDS),
    "cell_labels": "text shade x y w h size", "neighbours": "text shade x y w h size",
}  # fmt: skip
