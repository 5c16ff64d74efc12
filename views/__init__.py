"""The views: one folder each, WHAT is shown in lesson.py and HOW it is drawn in figure.py."""
