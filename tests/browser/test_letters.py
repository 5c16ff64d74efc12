"""On a desktop and on a phone every letter of every view can be read, whatever the view shows, and none lies over another."""

from . import legibility

SIZES = {"desktop": ({"width": 1280, "height": 800}, 10), "phone": ({"width": 360, "height": 740}, 11)}  # pixels
OWN = "conv 32 3x3 pad 1 / conv 32 3x3 / conv 64 3x3 / avgpool 2 / maxpool 2 / conv 64 3x3 / flatten / linear 1000 / linear 10"
STATES = {
    "train": ({},),
    "gradients": ({}, {"layer": "softmax"}, {"layer": "network"}),
    "backprop": ({"preset": "softmax"}, {"preset": "network", "features": 3, "hidden": 4}),
    "detective": ({},),
    "features": ({}, {"method": "sift"}, {"method": "match"}, {"method": "learned"}),
    "architectures": ({}, {"architecture": "vgg16"}, {"architecture": "own", "text": OWN, "side": 224},
                      {"architecture": "squeezenet"}),
    "history": ({},),
    "network": ({"mode": "3d"}, {"mode": "flat", "unit": "C3:0:4,4"}),
    "rgb": ({"im2col": True}, {"im2col": False, "preset": "lecture", "filters": 4}),
    "downsampling": ({"image": "digit", "shift": "right"},),
    "convolution": ({"im2col": True}, {"im2col": False, "image": "camera"},
                    {"image": "lecture", "weights": "0.111,0.222,0.333;1,2,-3;-4,5,-0.5"}),
}  # fmt: skip




def test_every_letter_of_every_view_can_be_read(explorer):
    page = explorer.open("?view=convolution")
    for explorer.slug, states in STATES.items():
        page.set_viewport_size(SIZES["desktop"][0])
        page.locator(f"nav a[data-slug={explorer.slug}]").click()
        page.wait_for_function("(slug) => window.convoscope.views[slug]", arg=explorer.slug)
        for state in states:
            explorer.set(**state)
            explorer.step(4)
            for size, least in SIZES.values():
                page.set_viewport_size(size)
                seen = (explorer.slug, state, size)
                explorer.becomes(lambda: (*seen, legibility.too_small(page, least), legibility.unclear(page)), (*seen, [], []))  # noqa: B023
