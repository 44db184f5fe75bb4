/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One importer with memory of one heap: whether the device used that memory, and by what this is known. */
#pragma once

#include <glib.h>

/* A place of the pipeline where buffers of the heap are handed from one element to the next. */
typedef struct {
  const gchar *element;  /* heapupload of that name */
  const gchar *taken[2]; /* what each buffer must have had done to it: see dmabuf-trace.h */
  gboolean some;         /* at least one of them: the importer may drop frames */
  gboolean by_device;    /* a device writes it: no CPU ever maps it */
  guint maps;            /* how many mappings there must be at least besides ours: the heap's own is one */
} Handover;

typedef struct {
  const gchar *name;
  /* {in} and {out} stand for heapupload of that name, {NODE} for the path of a V4L2 node of that name. */
  const gchar *pipeline;
  Handover handovers[2];
  gboolean copies;         /* nobody writes such frames into the heap but heapupload */
  gboolean same_frames;    /* at "sink" the frames are those that come without us, in memory of the elements' own */
  gboolean scans_out;      /* vkms shows the last frame */
  gboolean leaks;          /* GStreamer's own: buffers that the device refuses are never freed, whosever they are */
  const gchar *compositor; /* renderer of the weston that it needs */
  const gchar *proof;      /* what "ok" says, in words */
  /* The verdicts there must be, as patterns with "*", with memory that is contiguous, with memory that is not, and
   * without heapupload, with frames in system memory */
  const gchar *contiguous, *scattered, *control;
  const gchar *not_applicable; /* why what is expected is no matter of the heap: for the table */
} Importer;

/* Each frame of the source is one that the sink gets. */
#define MATRIX_FRAMES 4

/* What is said of a pipeline that stands still, after "error: ". */
#define MATRIX_CELL_STUCK "neither ended nor failed within a minute"

/* Runs it with memory of the heap, which has that exporter. Returns: "ok"; "refused by the device: ..." with what the
 * user sees; or what is missing in the proof. The caller frees it. */
gchar *matrix_cell_run (const Importer *importer, const gchar *heap, const gchar *exporter);
/* The control: the same with frames in system memory. */
gchar *matrix_cell_run_without_heap (const Importer *importer);
/* The same elements without us, in memory of their own. Returns: NULL when that works, else what fails */
gchar *matrix_cell_run_stock (const Importer *importer);
