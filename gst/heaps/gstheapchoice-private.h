/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How a GstHeapChoice comes to be. */
#pragma once

#include <gst/heaps/gstheapchoice.h>

#include "heaps/selection.h"

/* Takes over the content of core, and heap: the one taken, or NULL. */
G_GNUC_INTERNAL
GstHeapChoice *gst_heap_choice_new (const struct heap_choice *core, GstHeap *heap);
