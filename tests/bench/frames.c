/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Random sizes of video frames. */
#include "frames.h"

static uint64_t state;

/* Seeds beside each other shall not begin alike. */
void
frames_seed (uint64_t seed)
{
  state = seed * UINT64_C (0x9e3779b97f4a7c15) + 1;
  for (int i = 0; i < 16; i++)
    frames_draw (2);
}

/* By xorshift64*. */
uint32_t
frames_draw (uint32_t limit)
{
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t) (((state * UINT64_C (0x2545f4914f6cdd1d)) >> 32) * limit >> 32);
}

uint32_t
frames_draw_size (uint32_t n_formats)
{
  static const uint32_t pixels[] = { 640 * 480, 1280 * 720, 1920 * 1080, 2560 * 1440, 3840 * 2160, 720 * 576, 800 * 600,
    1024 * 768 };
  uint32_t bytes = pixels[frames_draw (n_formats)] * 4;

  if (frames_draw (2) == 0)
    bytes = bytes / 8 * 3;
  return (bytes + FRAMES_PAGE - 1) / FRAMES_PAGE;
}
