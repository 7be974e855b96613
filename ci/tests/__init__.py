# SPDX-License-Identifier: Apache-2.0
"""A package, so that pytest puts the folder above it, with the scripts, on the path."""
