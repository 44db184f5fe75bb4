/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Random sizes of video frames. */
#pragma once

#include <stdint.h>

#define FRAMES_PAGE 4096

/* The same seed draws the same again. */
void frames_seed (uint64_t seed);
/* A number below limit. */
uint32_t frames_draw (uint32_t limit);
/* The size of a frame of 640x480 to 3840x2160, NV12 or RGBA, in pages: of the five usual formats, or of eight. */
uint32_t frames_draw_size (uint32_t n_formats);
