/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whatever is let go first, and whatever last: the rest works on, and in the end nothing is left. */
#include "upload-harness.h"

#define CACHED_SIZE (3 * HEAP_FIXTURE_PAGE)

/* All of one element: its pool, that one's allocator and so on. */
typedef struct {
  Upload element;
  GstHeapSelection *selection;
  GstHeap *heap;
  GstAllocator *allocator;
  GWeakRef cached; /* the allocator, as long as it may have something in its cache */
  gboolean is_cached;
  GstBufferPool *pool;
  GstBuffer *buffer;
  GstMemory *memory; /* of another buffer */
} Things;

static void
let_go_of_element (Things *things)
{
  upload_free (&things->element);
  things->element.harness = NULL;
}

static void
use_element (Things *things)
{
  if (things->element.harness)
    upload_push_pattern (&things->element, I420_SIZE);
}

static void
let_go_of_selection (Things *things)
{
  g_clear_pointer (&things->selection, gst_heap_selection_unref);
}

static void
use_selection (Things *things)
{
  GstHeap *heap = things->selection ? gst_heap_selection_select (things->selection, NULL) : NULL;

  fail_unless (!things->selection || heap);
  g_clear_object (&heap);
}

static void
let_go_of_heap (Things *things)
{
  g_clear_object (&things->heap);
}

static void
use_heap (Things *things)
{
  GstAllocator *allocator;

  if (!things->heap)
    return;
  fail_unless_equals_string (gst_heap_get_name (things->heap), "system");
  allocator = gst_heap_allocator_new_for_heap (things->heap, NULL);
  fail_unless (allocator != NULL);
  gst_object_unref (allocator);
}

static void
let_go_of_allocator (Things *things)
{
  gst_clear_object (&things->allocator);
}

static void
use_allocator (Things *things)
{
  GstMemory *memory;

  if (!things->allocator)
    return;
  memory = gst_allocator_alloc (things->allocator, HEAP_FIXTURE_PAGE, NULL);
  heap_fixture_fill (memory, 1);
  gst_memory_unref (memory);
}

/* What is kept goes with its allocator, at the latest. */
static void
let_go_of_cache (Things *things)
{
  GstAllocator *allocator = g_weak_ref_get (&things->cached);

  if (allocator)
    gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator));
  gst_clear_object (&allocator);
  things->is_cached = FALSE;
}

static void
use_cache (Things *things)
{
  GstAllocator *allocator = g_weak_ref_get (&things->cached);
  unsigned calls = fake_calls (FAKE_HEAP_ALLOC);
  GstMemory *memory;

  if (allocator && things->is_cached) {
    memory = gst_allocator_alloc (allocator, CACHED_SIZE, NULL);
    fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), calls);
    heap_fixture_fill (memory, 2);
    gst_memory_unref (memory);
  }
  gst_clear_object (&allocator);
}

static void
let_go_of_pool (Things *things)
{
  gst_clear_object (&things->pool);
}

static void
use_pool (Things *things)
{
  GstBuffer *buffer;

  if (!things->pool)
    return;
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (things->pool, &buffer, NULL), GST_FLOW_OK);
  heap_fixture_fill (gst_buffer_peek_memory (buffer, 0), 3);
  gst_buffer_unref (buffer);
}

static void
let_go_of_buffer (Things *things)
{
  gst_clear_buffer (&things->buffer);
}

static void
use_buffer (Things *things)
{
  GstBuffer *copy;

  if (!things->buffer)
    return;
  heap_fixture_fill (gst_buffer_peek_memory (things->buffer, 0), 4);
  copy = gst_buffer_copy_deep (things->buffer);
  assert_same_bytes (copy, things->buffer);
  gst_buffer_unref (copy);
}

static void
let_go_of_memory (Things *things)
{
  g_clear_pointer (&things->memory, gst_memory_unref);
}

static void
use_memory (Things *things)
{
  GstMemory *part;

  if (!things->memory)
    return;
  heap_fixture_fill (things->memory, 5);
  fail_unless_equals_string (gst_heap_get_name (gst_heap_memory_get_heap (things->memory)), "system");
  part = gst_memory_share (things->memory, 10, 20);
  heap_fixture_assert_filled (part, 20, 5);
  gst_memory_unref (part);
}

/* use is for what is there still. */
static const struct {
  const gchar *name;
  void (*let_go) (Things *things);
  void (*use) (Things *things);
} kinds[] = {
  { "element", let_go_of_element, use_element },
  { "selection", let_go_of_selection, use_selection },
  { "heap", let_go_of_heap, use_heap },
  { "allocator", let_go_of_allocator, use_allocator },
  { "what is cached", let_go_of_cache, use_cache },
  { "pool", let_go_of_pool, use_pool },
  { "buffer", let_go_of_buffer, use_buffer },
  { "memory", let_go_of_memory, use_memory },
};

#define N_KINDS G_N_ELEMENTS (kinds)

/* The pool that the element offers, active. */
static GstBufferPool *
take_pool (Upload *element)
{
  GstCaps *caps = gst_caps_from_string (I420);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);
  GstBufferPool *pool = NULL;
  GstStructure *config;
  guint size, min, max;

  fail_unless (gst_pad_peer_query (element->harness->srcpad, query));
  gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &min, &max);
  fail_unless (GST_IS_HEAP_BUFFER_POOL (pool));
  config = gst_buffer_pool_get_config (pool);
  gst_buffer_pool_config_set_params (config, caps, size, min, max);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  gst_query_unref (query);
  gst_caps_unref (caps);
  return pool;
}

static void
make (Things *things)
{
  GstBuffer *other;

  *things = (Things){ .element = upload_new ("heap-name=system", I420), .is_cached = TRUE };
  things->selection = gst_heap_selection_new_from_string ("system", NULL);
  things->pool = take_pool (&things->element);
  things->allocator = gst_object_ref (gst_heap_buffer_pool_get_allocator (GST_HEAP_BUFFER_POOL (things->pool)));
  things->heap = g_object_ref (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (things->allocator)));
  g_weak_ref_init (&things->cached, things->allocator);
  g_object_set (things->allocator, "cache-bytes", (guint64) 64 * HEAP_FIXTURE_PAGE, "cache-age",
      (guint64) 3600 * GST_SECOND, NULL);
  gst_memory_unref (gst_allocator_alloc (things->allocator, CACHED_SIZE, NULL));
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (things->pool, &things->buffer, NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (things->pool, &other, NULL), GST_FLOW_OK);
  things->memory = gst_buffer_get_memory (other, 0);
  gst_buffer_unref (other);
}

static void
use_all (Things *things)
{
  for (guint i = 0; i < N_KINDS; i++)
    kinds[i].use (things);
}

/* Lets go of first, then of all others in order or from behind, and of last in the end. */
static void
let_go (guint first, guint last, gboolean from_behind)
{
  Things things;

  GST_INFO ("%s first, %s last", kinds[first].name, kinds[last].name);
  make (&things);
  use_all (&things);
  kinds[first].let_go (&things);
  for (guint i = 0; i < N_KINDS; i++) {
    guint kind = from_behind ? N_KINDS - 1 - i : i;

    use_all (&things);
    if (kind != first && kind != last)
      kinds[kind].let_go (&things);
  }
  use_all (&things);
  kinds[last].let_go (&things);
  g_weak_ref_clear (&things.cached);
  fail_unless (fake_open_fds () == 0, "%s first, %s last: %u fds are open", kinds[first].name, kinds[last].name,
      fake_open_fds ());
  fail_unless (fake_mappings () == 0, "%s first, %s last: %u mappings are there", kinds[first].name, kinds[last].name,
      fake_mappings ());
}

GST_START_TEST (test_each_outlives_each_other)
{
  for (guint last = 0; last < N_KINDS; last++) {
    if (last == (guint) __i__)
      continue;
    let_go (__i__, last, FALSE);
    let_go (__i__, last, TRUE);
  }
}

GST_END_TEST

/* Memory goes on when its heap is there no longer. */
GST_START_TEST (test_memory_outlives_the_node)
{
  Things things;

  make (&things);
  fake_remove_heap ("system");
  use_buffer (&things);
  use_memory (&things);
  use_cache (&things);
  for (guint i = 0; i < N_KINDS; i++)
    kinds[i].let_go (&things);
  g_weak_ref_clear (&things.cached);
}

GST_END_TEST

static Suite *
lifetime_suite (void)
{
  Suite *suite = suite_create ("lifetime");
  TCase *tests = test_case_new (suite, "lifetime", test_setup);

  tcase_add_loop_test (tests, test_each_outlives_each_other, 0, N_KINDS);
  tcase_add_test (tests, test_memory_outlives_the_node);
  return suite;
}

GST_CHECK_MAIN (lifetime)
