"""Kernel detective: an image and a feature map are given; which kernel made one of the other?"""
