"""The packages: engine, homes, views and every folder in views. All else stands in pyproject.toml."""

from setuptools import find_packages, setup

FOUND = find_packages(include=["engine", "homes", "views", "views.*"])

setup(packages=["convoscope", *(f"convoscope.{name}" for name in FOUND)], script_name="setup.py")  # itself no part of them
