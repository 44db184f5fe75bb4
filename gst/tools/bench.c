/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 bench: this project beside the heap itself and GStreamer's own pools. */
#include "bench-cases.h"
#include "bench-output.h"
#include "heap-options.h"
#include "interrupt.h"
#include "options.h"
#include "progress.h"
#include "terminal.h"

#include <stdio.h>

#define MAX_FRAMES 16
#define MAX_SIDE 16384
#define MAX_PAIRS 1000
#define MAX_MILLISECONDS 10000
#define DEFAULT_FRAMES "640x480,1280x720,1920x1080,3840x2160"

typedef struct {
  gchar *frames;
  gint n_pairs, milliseconds;
  GstVideoInfo infos[MAX_FRAMES]; /* what frames says */
  guint n_infos;
} Arguments;

static gboolean
parse_side (const gchar *text, gint *ret_side)
{
  guint64 side;

  if (!g_ascii_string_to_unsigned (text, 10, 16, MAX_SIDE, &side, NULL))
    return FALSE;
  *ret_side = (gint) side;
  return TRUE;
}

static gboolean
parse_frame (const gchar *text, GstVideoInfo *ret_info)
{
  g_auto (GStrv) sides = g_strsplit (text, "x", 3);
  gint width, height;

  return g_strv_length (sides) == 2 && parse_side (sides[0], &width) && parse_side (sides[1], &height) &&
         gst_video_info_set_format (ret_info, GST_VIDEO_FORMAT_NV12, width, height);
}

static gboolean
parse_frames (Arguments *self)
{
  g_auto (GStrv) frames = g_strsplit (self->frames ? self->frames : DEFAULT_FRAMES, ",", -1);

  if (!frames[0])
    tool_error ("--frames is empty");
  for (gchar **frame = frames; *frame; frame++, self->n_infos++) {
    if (self->n_infos < MAX_FRAMES && parse_frame (*frame, &self->infos[self->n_infos]))
      continue;
    tool_error ("--frames is a list of at most %d sizes as 1920x1080, from 16x16 to %dx%d: not '%.100s'", MAX_FRAMES,
        MAX_SIDE, MAX_SIDE, *frame);
    return FALSE;
  }
  return self->n_infos > 0;
}

static gboolean
check_arguments (Arguments *self)
{
  if (self->n_pairs >= 1 && self->n_pairs <= MAX_PAIRS && self->milliseconds >= 1 &&
      self->milliseconds <= MAX_MILLISECONDS)
    return parse_frames (self);
  tool_error ("--pairs has to be from 1 to %d, and --milliseconds from 1 to %d", MAX_PAIRS, MAX_MILLISECONDS);
  return FALSE;
}

/* NULL: it was not compared, for no reason worth a word. */
static BenchResult *
compare (GstHeap *heap, const BenchKind *kind, const GstVideoInfo *info, const Arguments *arguments)
{
  BenchResult result = { .what = kind->what, .width = info->width, .height = info->height };
  BenchPair pair = { 0 };
  gboolean is_known = FALSE;

  if (kind->create (heap, info, &pair, &result.reason)) {
    result.ours = pair.ours.name;
    result.peer = pair.peer.name;
    is_known = bench_compare (
        &pair.ours, &pair.peer, CLOCK_PROCESS_CPUTIME_ID, arguments->n_pairs, arguments->milliseconds, &result.times);
    if (!is_known && !tool_interrupted ())
      result.reason = g_strdup ("it failed in between: has the heap no room any more?");
  }
  bench_pair_clear (&pair);
  return is_known || result.reason ? g_memdup2 (&result, sizeof result) : NULL;
}

static BenchHeap *
bench_heap (GstHeap *heap, const Arguments *arguments)
{
  BenchHeap *self = g_new0 (BenchHeap, 1);

  self->heap = g_object_ref (heap);
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify) bench_result_free);
  for (const BenchKind *kind = bench_kinds; kind->what; kind++) {
    for (guint i = 0; i < arguments->n_infos && !tool_interrupted (); i++) {
      const GstVideoInfo *info = &arguments->infos[i];
      BenchResult *result;

      tool_progress ("%s: %s, %dx%d", gst_heap_get_name (heap), kind->what, info->width, info->height);
      result = compare (heap, kind, info, arguments);
      if (result)
        g_ptr_array_add (self->results, result);
    }
  }
  return self;
}

static gboolean
has_any (const BenchHeap *heap)
{
  for (guint i = 0; i < heap->results->len; i++)
    if (!((BenchResult *) g_ptr_array_index (heap->results, i))->reason)
      return TRUE;
  return FALSE;
}

/* Text is printed as it comes, JSON at the end. */
static int
bench_all (GList *heaps, const Arguments *arguments, gboolean json)
{
  g_autoptr (GPtrArray) done = g_ptr_array_new_with_free_func ((GDestroyNotify) bench_heap_free);
  int exit_code = TOOL_EXIT_OK;

  for (GList *l = heaps; l && !tool_interrupted (); l = l->next) {
    BenchHeap *heap = bench_heap (l->data, arguments);

    g_ptr_array_add (done, heap);
    tool_progress_end ();
    if (!json) {
      tool_print (l == heaps ? "" : "\n");
      bench_print_text (heap);
      fflush (stdout);
    }
    if (!has_any (heap))
      exit_code = TOOL_EXIT_NO;
  }
  if (json)
    bench_print_json (done, tool_interrupted ());
  else if (tool_interrupted ())
    tool_print ("\nInterrupted: there is more to measure.\n");
  return exit_code;
}

/* The heap that elements take which were told nothing, unless the command line says which. */
static int
find_heaps (const ToolHeapOptions *options, gchar **selections, GList **ret_heaps)
{
  if (selections || options->require || options->forbid)
    return tool_heap_options_find (options, selections, ret_heaps);
  return tool_heap_options_find_default (ret_heaps);
}

static int
run (int argc, gchar **argv)
{
  Arguments arguments = { .n_pairs = 9, .milliseconds = 20 };
  g_auto (ToolHeapOptions) heap_options = { 0 };
  const GOptionEntry own[] = {
    TOOL_HEAP_OPTION_ENTRIES (heap_options),
    { "frames", 0, 0, G_OPTION_ARG_STRING, &arguments.frames, "Sizes of frames of NV12 (" DEFAULT_FRAMES ")",
        "WIDTHxHEIGHT,…" },
    { "pairs", 0, 0, G_OPTION_ARG_INT, &arguments.n_pairs, "Measurements by turns, ours and the peer's (9)", "N" },
    { "milliseconds", 0, 0, G_OPTION_ARG_INT, &arguments.milliseconds, "Time for each measurement (20)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (ToolOptions) options = { 0 };
  GList *heaps = NULL;
  int exit_code = TOOL_EXIT_USAGE;

  if (tool_options_parse (&options, &tool_bench, own, G_MAXUINT, argc, argv) && check_arguments (&arguments))
    exit_code = find_heaps (&heap_options, options.arguments, &heaps);
  if (exit_code == TOOL_EXIT_OK) {
    tool_interrupt_catch ();
    exit_code = bench_all (heaps, &arguments, options.json);
  }
  g_list_free_full (heaps, g_object_unref);
  g_free (arguments.frames);
  tool_interrupt_pass_on ();
  return exit_code;
}

const ToolCommand tool_bench = {
  .name = "bench",
  .arguments = "[SELECTION…]",
  .summary = "Measure what buffers of a heap cost, beside others",
  .details =
      "Measures acquiring, allocating and mapping with the heap that each SELECTION takes (see why), or the one\n"
      "that elements take when they are told nothing, beside a peer: GStreamer's own pool of system memory, the\n"
      "heap asked each time, GStreamer's own memory around the same dma-buf, and from 1.28 on its\n"
      "GstUdmabufAllocator. Both are measured by turns, in the processor's time: a median, and the median and\n"
      "the middle half of the ratios of neighbours.\n"
      "\n"
      "Exits with 0 when something could be measured of each heap, 1 when not.",
  .run = run,
};
