/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Trying a heap. No memory of it outlives the call, and no more is asked for than the settings and the machine
 * allow. */
#include "probe-heap.h"

#include "interrupt.h"
#include "probe-largest.h"
#include "progress.h"
#include "statistics.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define N_FILLED 3 /* times that memory is filled, freed and allocated again */
#define FILLING 0x5a
#define MAX_ROUNDS 1000
#define MIN_ROUNDS 10
#define LIMITED_BY_MACHINE "half of the memory that is available"

/* Of settings, and for the time of probing. */
typedef struct {
  ProbeResult *result;
  const ProbeSettings *settings;
  GstAllocator *allocator; /* without a cache: it asks the heap each time */
} Probe;

static gdouble
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (gdouble) time.tv_sec * 1e9 + (gdouble) time.tv_nsec;
}

static gsize
page_size (void)
{
  return (gsize) sysconf (_SC_PAGESIZE);
}

static void
set_finding (ProbeFinding *finding, GstHeapAnswer answer, gchar *evidence)
{
  g_free (finding->evidence);
  *finding = (ProbeFinding){ answer, evidence };
}

/* What the machine can do without now, in bytes: half of it. process has the memory of the machine. */
static guint64
read_available (void)
{
  GList *heaps = gst_heap_list ();
  guint64 available = G_MAXUINT64;

  for (GList *l = heaps; l; l = l->next)
    if (g_str_equal (gst_heap_get_name (l->data), "process"))
      gst_heap_get_capacity (l->data, NULL, &available);
  g_list_free_full (heaps, g_object_unref);
  return available == G_MAXUINT64 ? available : available / 2;
}

/* Of the size that is wanted, or the half of it, and so on. FALSE: not even a page can be had, and why. */
static gboolean
find_size (Probe *self)
{
  g_autoptr (GError) error = NULL;
  GstMemory *memory = NULL;
  guint64 room = read_available () / 2; /* as much of malloc's memory is measured by turns with it */
  gsize size = MAX (MIN (self->settings->size, room), page_size ());

  for (; !memory && size > page_size (); size = memory ? size : size / 2)
    memory = gst_allocator_alloc (self->allocator, size, NULL);
  if (!memory)
    memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (self->allocator), page_size (), NULL, &error);
  if (!memory) {
    self->result->error = g_strdup (error->message);
    return FALSE;
  }
  self->result->size = memory->size;
  self->result->exporter = g_strdup (gst_heap_memory_get_exporter (memory));
  gst_memory_unref (memory);
  return TRUE;
}

/* *ret_at: the first byte of fresh memory that is not 0; its size when all are. Leaves it filled behind. FALSE: it
 * could not be had, or mapped, which *ret_at tells not. */
static gboolean
look_and_fill (Probe *self, gsize *ret_at)
{
  GstMemory *memory = gst_allocator_alloc (self->allocator, self->result->size, NULL);
  gboolean is_mapped = FALSE;
  GstMapInfo map;

  if (!memory)
    return FALSE;
  is_mapped = gst_memory_map (memory, &map, GST_MAP_READWRITE);
  if (is_mapped) {
    *ret_at = probe_find_nonzero (map.data, map.size);
    memset (map.data, FILLING, map.size);
    gst_memory_unmap (memory, &map);
  } else if (!self->result->unmapped) {
    self->result->unmapped = g_strdup ("mapping it failed");
  }
  gst_memory_unref (memory);
  return is_mapped;
}

static void
probe_zeroed (Probe *self)
{
  gsize size = self->result->size, at = size;
  guint n = 0;

  while (n <= N_FILLED && !tool_interrupted () && look_and_fill (self, &at) && at == size)
    n++;
  if (at < size)
    set_finding (&self->result->zeroed, GST_HEAP_ANSWER_NO,
        g_strdup_printf ("byte %" G_GSIZE_FORMAT " of %s is not 0", at, n > 0 ? "recycled memory" : "fresh memory"));
  else if (n > 1)
    set_finding (&self->result->zeroed, GST_HEAP_ANSWER_YES,
        g_strdup_printf (
            "all %" G_GSIZE_FORMAT " bytes, fresh and %u times after the same were filled and freed", size, n - 1));
  else
    set_finding (&self->result->zeroed, GST_HEAP_ANSWER_UNKNOWN,
        g_strdup (tool_interrupted () ? "interrupted" : "it could not be had again"));
}

static void
judge_cached (ProbeResult *result, const guint8 *data, gsize size, guint milliseconds)
{
  gsize window = MIN (size, PROBE_CACHE_WINDOW);
  ProbeRate rate = probe_best_read_rate (data, window, milliseconds);

  set_finding (&result->cached, probe_judge_cached (&rate),
      g_strdup_printf ("reading %" G_GSIZE_FORMAT " KiB again and again takes %.1f times as long as of malloc's memory",
          window / 1024, rate.malloc / MAX (rate.heap, 1)));
}

static void
probe_mapping (Probe *self)
{
  GstMemory *memory = gst_allocator_alloc (self->allocator, self->result->size, NULL);
  guint milliseconds = self->settings->milliseconds;
  GstMapInfo map;

  if (memory && gst_memory_map (memory, &map, GST_MAP_READWRITE)) {
    judge_cached (self->result, map.data, map.size, milliseconds);
    if (!tool_interrupted ())
      self->result->read = probe_read_rate (map.data, map.size, milliseconds);
    if (!tool_interrupted ())
      self->result->write = probe_write_rate (map.data, map.size, milliseconds);
    gst_memory_unmap (memory, &map);
  }
  g_clear_pointer (&memory, gst_memory_unref);
}

/* By a device that imports it. */
static void
probe_import (Probe *self)
{
  GstHeap *heap = self->result->heap;
  ProbeDevice *device = self->settings->device;
  g_auto (ProbeImports) imports = { 0 };
  g_autofree gchar *words = NULL;
  GstHeapAnswer answer;

  probe_device_import (device, heap, &imports);
  answer = probe_judge_contiguous (
      &imports, probe_device_get_witness (device), gst_heap_get_answer (heap, GST_HEAP_PROPERTY_CONTIGUOUS), &words);
  set_finding (&self->result->contiguous, answer, g_strdup_printf ("%s %s", probe_device_get_path (device), words));
}

/* By what the kernel tells of a mapping. */
static void
probe_frames (Probe *self)
{
  GstMemory *memory = gst_allocator_alloc (self->allocator, self->result->size, NULL);
  g_autoptr (GError) error = NULL;
  GstHeapAnswer answer;

  if (!memory)
    return;
  answer = gst_heap_memory_check_contiguous (memory, &error);
  set_finding (&self->result->contiguous, answer,
      error ? g_strdup_printf ("%s; --device asks a device", error->message) : g_strdup ("by its page frames"));
  gst_memory_unref (memory);
}

static gboolean
is_protected (GstHeap *heap)
{
  return gst_heap_get_answer (heap, GST_HEAP_PROPERTY_PROTECTED) == GST_HEAP_ANSWER_YES;
}

static void
probe_contiguous (Probe *self)
{
  if (!is_protected (self->result->heap))
    probe_frames (self);
  else
    set_finding (&self->result->contiguous, GST_HEAP_ANSWER_UNKNOWN, g_strdup ("only a device can tell (--device)"));
  if (self->settings->device && self->result->contiguous.answer == GST_HEAP_ANSWER_UNKNOWN)
    probe_import (self);
}

/* How long it takes to allocate size bytes and to free them, in nanoseconds. FALSE: they cannot be had. */
static gboolean
measure_once (Probe *self, gsize size, gdouble *ret_time)
{
  gdouble begin = now ();
  GstMemory *memory = gst_allocator_alloc (self->allocator, size, NULL);

  if (!memory)
    return FALSE;
  gst_memory_unref (memory);
  *ret_time = now () - begin;
  return TRUE;
}

static void
probe_latency (Probe *self, gsize size)
{
  gdouble times[MAX_ROUNDS], end = now () + self->settings->milliseconds * 1e6 * 5;
  ProbeResult *result = self->result;
  guint n = 0;

  while (n < MAX_ROUNDS && (n < MIN_ROUNDS || now () < end) && !tool_interrupted ()) {
    if (!measure_once (self, size, &times[n]))
      break;
    n++;
  }
  if (n > 0)
    result->latencies[result->n_latencies++] =
        (ProbeLatency){ size, n, tool_percentile (times, n, 50), tool_percentile (times, n, 99) };
}

static void
probe_latencies (Probe *self)
{
  static const gsize sizes[] = { 4096, 64 * 1024, 1024 * 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes) && !tool_interrupted (); i++)
    if (sizes[i] < self->result->size)
      probe_latency (self, sizes[i]);
  if (!tool_interrupted ())
    probe_latency (self, self->result->size);
}

/* No more than the settings and the machine allow, nor than the heap has. */
static gsize
bound_largest (Probe *self)
{
  guint64 available = read_available (), total = G_MAXUINT64, bound = self->settings->largest;

  self->result->limited_by = "--largest";
  gst_heap_get_capacity (self->result->heap, &total, NULL);
  if (available < bound) {
    bound = available;
    self->result->limited_by = LIMITED_BY_MACHINE;
  }
  if (total <= bound) {
    bound = total;
    self->result->limited_by = NULL;
  }
  return MIN (bound, G_MAXSSIZE);
}

/* Each is freed at once. The machine is asked again before each, as others take memory too. Of those that could not be
 * had, the last one is the smallest. */
static gboolean
try_size (Probe *self, gsize size)
{
  gboolean is_too_much = size > read_available ();
  GstMemory *memory = is_too_much ? NULL : gst_allocator_alloc (self->allocator, size, NULL);

  if (!memory) {
    self->result->limited_by = is_too_much ? LIMITED_BY_MACHINE : NULL;
    return FALSE;
  }
  gst_memory_unref (memory);
  return TRUE;
}

static void
probe_largest (Probe *self)
{
  ProbeLargest search;
  gsize size;

  probe_largest_begin (&search, bound_largest (self), page_size ());
  while ((size = probe_largest_next (&search)) > 0 && !tool_interrupted ())
    probe_largest_note (&search, try_size (self, size));
  if (size > 0)
    self->result->limited_by = "interrupted";
  self->result->largest = probe_largest_get (&search);
}

static void
run_steps (Probe *self)
{
  static const struct {
    const gchar *name;
    void (*run) (Probe *self);
    gboolean maps;
  } steps[] = {
    { "is it zeroed", probe_zeroed, TRUE },
    { "reading and writing", probe_mapping, TRUE },
    { "is it contiguous", probe_contiguous, FALSE },
    { "how long allocating takes", probe_latencies, FALSE },
    { "how much can be had at once", probe_largest, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps) && !tool_interrupted (); i++) {
    tool_progress ("%s: %s", gst_heap_get_name (self->result->heap), steps[i].name);
    if (!steps[i].maps || !self->result->unmapped)
      steps[i].run (self);
  }
}

ProbeResult *
probe_heap (GstHeap *heap, const ProbeSettings *settings)
{
  ProbeResult *result = g_new0 (ProbeResult, 1);
  g_autoptr (GError) error = NULL;
  Probe self = { result, settings, gst_heap_allocator_new_for_heap (heap, &error) };

  result->heap = g_object_ref (heap);
  if (!self.allocator) {
    result->error = g_strdup (error->message);
    return result;
  }
  g_object_set (self.allocator, "cache-bytes", (guint64) 0, NULL);
  if (is_protected (heap))
    result->unmapped = g_strdup ("it is protected: the CPU cannot reach it");
  if (find_size (&self))
    run_steps (&self);
  gst_object_unref (self.allocator);
  return result;
}

void
probe_result_free (ProbeResult *self)
{
  g_object_unref (self->heap);
  g_free (self->error);
  g_free (self->exporter);
  g_free (self->unmapped);
  g_free (self->zeroed.evidence);
  g_free (self->contiguous.evidence);
  g_free (self->cached.evidence);
  g_free (self);
}

/* A property that is "no" of contiguous is the absence of a promise, which memory may surpass. */
gboolean
probe_result_contradicts (const ProbeResult *self, GstHeapProperties property)
{
  GstHeapAnswer promised = gst_heap_get_answer (self->heap, property);

  if (property == GST_HEAP_PROPERTY_CONTIGUOUS)
    return promised == GST_HEAP_ANSWER_YES && self->contiguous.answer == GST_HEAP_ANSWER_NO;
  return promised != GST_HEAP_ANSWER_UNKNOWN && self->cached.answer != GST_HEAP_ANSWER_UNKNOWN &&
         promised != self->cached.answer;
}

gboolean
probe_result_is_bad (const ProbeResult *self)
{
  return self->error || self->zeroed.answer == GST_HEAP_ANSWER_NO ||
         probe_result_contradicts (self, GST_HEAP_PROPERTY_CONTIGUOUS) ||
         probe_result_contradicts (self, GST_HEAP_PROPERTY_CACHEABLE);
}
