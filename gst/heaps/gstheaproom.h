/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pools that wait for memory of a heap or a budget that is full: what anybody in the process gives up wakes them,
 * whichever heap it is of. Any thread. */
#pragma once

#include "gstheapidle.h"

/* From now on gst_heap_room_note() wakes who waits for idle. Who joins looks for memory once more, and waits then. */
G_GNUC_INTERNAL
void gst_heap_room_join (GstHeapIdle *idle);
G_GNUC_INTERNAL
void gst_heap_room_leave (GstHeapIdle *idle);
/* Memory was freed, or is kept where others can have it, or a budget has changed. Costs nothing while nobody waits. */
G_GNUC_INTERNAL
void gst_heap_room_note (void);
