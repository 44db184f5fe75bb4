/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One importer with memory of one heap. */
#include "matrix-cell.h"

#include "display-crc.h"
#include "dmabuf-trace.h"
#include "pad-watch.h"
#include "video-device.h"

#include <string.h>

#define LONGEST_RUN (60 * GST_SECOND)

typedef struct {
  const Importer *importer;
  const gchar *exporter; /* NULL for any */
  GstElement *pipeline;
  PadWatch *watches[2];
  PadWatch *sink;
  DmabufTrace *trace;
  gchar *error;      /* what the user sees */
  guint64 copied[2]; /* bytes */
  gboolean crc_follows;
} Run;

/* Contents of the frames of stock runs: importer -> GPtrArray of digests. */
static GHashTable *stock_frames;

static gchar *
expand (const gchar *word, const gchar *in, const gchar *out)
{
  gchar *path;

  if (g_str_equal (word, "in"))
    return g_strdup (in);
  if (g_str_equal (word, "out"))
    return g_strdup (out);
  path = video_device_find (word);
  if (!path)
    g_error ("there is no V4L2 node called \"%s\"", word);
  return path;
}

/* Replaces {WORD}s. */
static gchar *
fill_in (const gchar *template, const gchar *in, const gchar *out)
{
  GString *text = g_string_new (NULL);
  gchar **parts = g_strsplit_set (template, "{}", -1);

  for (guint i = 0; parts[i]; i++) {
    gchar *part = i % 2 == 0 ? g_strdup (parts[i]) : expand (parts[i], in, out);

    g_string_append (text, part);
    g_free (part);
  }
  g_strfreev (parts);
  return g_string_free (text, FALSE);
}

static gchar *
replace (gchar *text, const gchar *pattern, const gchar *with)
{
  GRegex *regex = g_regex_new (pattern, 0, 0, NULL);
  gchar *replaced = g_regex_replace (regex, text, -1, 0, with, 0, NULL);

  g_regex_unref (regex);
  g_free (text);
  return replaced;
}

/* What differs from one run to the next, or from one heap to the next, does not belong in a table. */
static gchar *
normalize (const gchar *text)
{
  gchar *normal = replace (g_strdup (text), "/dev/video\\d+", "/dev/videoN");

  normal = replace (normal, "\\b(v4l2[a-z]+|videotestsrc)\\d+", "\\1");
  normal = replace (normal, "heap \"[^\"]+\"", "heap \"NAME\"");
  return g_strdelimit (normal, "\n|", ' ');
}

static gchar *
wait_for_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, LONGEST_RUN, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  GError *error = NULL;
  gchar *text = NULL;

  gst_object_unref (bus);
  if (!message)
    return g_strdup (MATRIX_CELL_STUCK);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    text = normalize (error->message);
    g_error_free (error);
  }
  gst_message_unref (message);
  return text;
}

static guint64
bytes_copied (GstElement *pipeline, const gchar *name)
{
  GstElement *upload = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstStructure *stats = NULL;
  guint64 bytes = 0;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (upload), "stats"))
    g_object_get (upload, "stats", &stats, NULL);
  if (stats && gst_structure_has_name (stats, "heapupload-stats")) {
    gst_structure_get_uint64 (stats, "bytes-copied", &bytes);
  }
  g_clear_pointer (&stats, gst_structure_free);
  gst_object_unref (upload);
  return bytes;
}

static void
watch_pads (Run *run)
{
  for (guint i = 0; i < 2; i++) {
    if (run->importer->handovers[i].element)
      run->watches[i] = pad_watch_new (run->pipeline, run->importer->handovers[i].element, "src");
  }
  run->sink = pad_watch_new (run->pipeline, "sink", "sink");
}

static void
look_at_end (Run *run)
{
  for (guint i = 0; i < 2; i++) {
    if (run->importer->handovers[i].element)
      run->copied[i] = bytes_copied (run->pipeline, run->importer->handovers[i].element);
  }
  if (run->importer->scans_out && !run->error && run->sink->last)
    run->crc_follows = display_crc_follows (run->sink->last);
}

static Run *
run_pipeline (const Importer *importer, const gchar *description)
{
  Run *run = g_new0 (Run, 1);
  GError *error = NULL;

  run->importer = importer;
  run->pipeline = gst_parse_launch (description, &error);
  if (error)
    g_error ("%s: %s", description, error->message);
  watch_pads (run);
  dmabuf_trace_begin ();
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  run->error = wait_for_end (run->pipeline);
  run->trace = dmabuf_trace_end ();
  look_at_end (run);
  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  return run;
}

static void
free_run (Run *run)
{
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&run->watches[i], pad_watch_free);
  pad_watch_free (run->sink);
  gst_object_unref (run->pipeline);
  dmabuf_trace_free (run->trace);
  g_free (run->error);
  g_free (run);
}

/* How many mappings there were besides those of our probes. */
static guint
count_maps (Run *run, guint64 inode)
{
  guint maps = dmabuf_trace_count_maps (run->trace, inode);

  for (guint i = 0; i < 2 && run->watches[i]; i++)
    maps -= pad_watch_our_maps (run->watches[i], inode);
  return maps - pad_watch_our_maps (run->sink, inode);
}

/* Returns: (nullable): what is missing in the proof that the buffer was taken as it must be */
static gchar *
check_buffer (Run *run, const Handover *handover, guint64 inode)
{
  guint maps = count_maps (run, inode);
  gchar *seen = dmabuf_trace_describe (run->trace, inode), *missing = NULL;

  for (guint i = 0; i < 2 && handover->taken[i] && !missing; i++) {
    if (dmabuf_trace_count (run->trace, inode, handover->taken[i]) == 0)
      missing = g_strdup_printf ("a buffer at %s was not %s, but: %s", handover->element, handover->taken[i], seen);
  }
  if (!missing && handover->by_device && maps > 0)
    missing = g_strdup_printf ("the CPU mapped a buffer at %s: %s", handover->element, seen);
  if (!missing && maps < handover->maps)
    missing = g_strdup_printf ("a buffer at %s was mapped by nobody but the heap: %s", handover->element, seen);
  g_free (seen);
  return missing;
}

/* Returns: (nullable): what is missing in the proof that the buffers were taken as they must be */
static gchar *
check_buffers (Run *run, const Handover *handover, PadWatch *watch)
{
  GHashTable *inodes = pad_watch_inodes (watch);
  guint n_taken = 0, n_needed = handover->some ? 1 : g_hash_table_size (inodes);
  GHashTableIter iter;
  gpointer inode;
  gchar *missing = NULL;

  g_hash_table_iter_init (&iter, inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL)) {
    gchar *why = check_buffer (run, handover, GPOINTER_TO_SIZE (inode));

    n_taken += why == NULL;
    if (why) {
      g_free (missing);
      missing = why;
    }
  }
  g_hash_table_unref (inodes);
  if (n_taken >= n_needed)
    g_clear_pointer (&missing, g_free);
  return missing;
}

static gchar *
check_handover (Run *run, guint index)
{
  const Handover *handover = &run->importer->handovers[index];
  PadWatch *watch = run->watches[index];
  guint in_heap = pad_watch_count (watch, run->exporter);

  if (watch->frames->len == 0)
    return g_strdup_printf ("no frame came to %s", handover->element);
  if (in_heap != watch->frames->len)
    return g_strdup_printf ("%u of %u frames at %s were in the heap", in_heap, watch->frames->len, handover->element);
  if ((run->copied[index] > 0) != run->importer->copies)
    return g_strdup_printf ("%s copied %" G_GUINT64_FORMAT " bytes", handover->element, run->copied[index]);
  return check_buffers (run, handover, watch);
}

static gchar *
check_content (Run *run)
{
  GPtrArray *stock = stock_frames ? g_hash_table_lookup (stock_frames, run->importer) : NULL;
  GPtrArray *frames = run->sink->frames;

  if (frames->len != MATRIX_FRAMES)
    return g_strdup_printf ("%u of %u frames came to the sink", frames->len, MATRIX_FRAMES);
  if (!run->importer->same_frames)
    return NULL;
  if (!stock || stock->len != frames->len)
    return g_strdup ("there are no frames to compare with");
  for (guint i = 0; i < frames->len; i++) {
    const WatchedFrame *frame = frames->pdata[i];

    if (g_strcmp0 (frame->content, stock->pdata[i]) != 0)
      return g_strdup_printf ("frame %u is not what it is in memory of the elements' own", i);
  }
  return NULL;
}

static gchar *
judge_error (Run *run)
{
  if (dmabuf_trace_count_refusals (run->trace) > 0)
    return g_strdup_printf ("refused by the device: %s", run->error);
  return g_strdup_printf ("error: %s", run->error);
}

static gchar *
judge (Run *run)
{
  gchar *missing = NULL;

  if (run->error)
    return judge_error (run);
  for (guint i = 0; i < 2 && run->watches[i] && !missing; i++)
    missing = check_handover (run, i);
  if (!missing)
    missing = check_content (run);
  if (!missing && run->importer->scans_out && !run->crc_follows)
    missing = g_strdup ("the display does not show what the CPU writes to the last frame");
  return missing ? missing : g_strdup ("ok");
}

static gchar *
run_with (const Importer *importer, const gchar *in, const gchar *out, const gchar *exporter)
{
  gchar *description = fill_in (importer->pipeline, in, out);
  Run *run = run_pipeline (importer, description);
  gchar *verdict;

  run->exporter = exporter;
  verdict = judge (run);
  free_run (run);
  g_free (description);
  return verdict;
}

gchar *
matrix_cell_run (const Importer *importer, const gchar *heap, const gchar *exporter)
{
  gchar *in = g_strdup_printf ("heapupload name=in heap-name=\"%s\"", heap);
  gchar *out = g_strdup_printf ("heapupload name=out heap-name=\"%s\"", heap);
  gchar *verdict = run_with (importer, in, out, exporter);

  g_free (out);
  g_free (in);
  return verdict;
}

gchar *
matrix_cell_run_without_heap (const Importer *importer)
{
  return run_with (importer, "identity name=in drop-allocation=true", "identity name=out drop-allocation=true", "none");
}

static void
keep_frames (const Importer *importer, GPtrArray *frames)
{
  GPtrArray *contents = g_ptr_array_new_with_free_func (g_free);

  if (!stock_frames)
    stock_frames = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < frames->len; i++)
    g_ptr_array_add (contents, g_strdup (((WatchedFrame *) frames->pdata[i])->content));
  g_hash_table_insert (stock_frames, (gpointer) importer, contents);
}

gchar *
matrix_cell_run_stock (const Importer *importer)
{
  gchar *with_import = fill_in (importer->pipeline, "identity name=in", "identity name=out");
  gchar **parts = g_strsplit (with_import, "=dmabuf-import", -1);
  gchar *description = g_strjoinv ("=auto", parts);
  Run *run = run_pipeline (importer, description);
  gchar *error = g_steal_pointer (&run->error);

  if (!error && run->sink->frames->len != MATRIX_FRAMES)
    error = g_strdup_printf ("%u of %u frames came", run->sink->frames->len, MATRIX_FRAMES);
  if (!error)
    keep_frames (importer, run->sink->frames);
  free_run (run);
  g_free (description);
  g_strfreev (parts);
  g_free (with_import);
  return error;
}
