/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One allocation: out of what is kept, else within the budget from the heap. */
#include "gstheapallocator-private.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheapfailure.h"
#include "gstheapregistry.h"

#include <errno.h>

static gboolean
wants_zeroes (const GstAllocationParams *params)
{
  return params && params->flags & (GST_MEMORY_FLAG_ZERO_PREFIXED | GST_MEMORY_FLAG_ZERO_PADDED);
}

/* The size to ask the heap for. */
static gboolean
compute_size (
    GstHeapMemoryShared *shared, gsize size, const GstAllocationParams *params, gsize *ret_total, GError **error)
{
  gsize align = params ? params->align : 0;
  gsize padding = params ? params->padding : 0;

  if (size == 0) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "a heap gives no memory of 0 bytes");
    return FALSE;
  }
  if (align & (align + 1) || align >= sys_page_size ()) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "an alignment mask of %#" G_GSIZE_MODIFIER "x cannot be had: heaps align to a page, mask %#" G_GSIZE_MODIFIER
        "x",
        align, sys_page_size () - 1);
    return FALSE;
  }
  if (!g_size_checked_add (ret_total, size, padding) || *ret_total > G_MAXSSIZE) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "%" G_GSIZE_FORMAT " bytes and %" G_GSIZE_FORMAT " of padding are more than there can be", size, padding);
    return FALSE;
  }
  *ret_total = MAX (*ret_total, shared->min_size);
  return TRUE;
}

static gboolean
is_protected (GstHeapMemoryShared *shared)
{
  return shared->core->info.facts.of[HEAP_PROTECTED].answer == HEAP_YES;
}

/* Who asks for zeroes gets them, or an error. The kernel zeroes what it gives, but it does not reach protected memory
 * either. */
static gboolean
check_zeroes (GstHeapMemoryShared *shared, const GstAllocationParams *params, GError **error)
{
  if (!wants_zeroes (params) || !is_protected (shared))
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "memory of heap \"%s\" was asked for with zeroes in it, and nobody can write them: the heap is protected",
      gst_heap_get_name (shared->heap));
  return FALSE;
}

static void
set_flags (GstMemory *memory, const struct heap_facts *facts, const GstAllocationParams *params)
{
  if (facts->of[HEAP_PROTECTED].answer == HEAP_YES)
    GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_NOT_MAPPABLE);
  if (facts->of[HEAP_CONTIGUOUS].answer == HEAP_YES)
    GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_PHYSICALLY_CONTIGUOUS);
  if (params)
    GST_MINI_OBJECT_FLAG_SET (memory, params->flags & (GST_MEMORY_FLAG_ZERO_PREFIXED | GST_MEMORY_FLAG_ZERO_PADDED));
}

/* Memory from the cache. Not for who wants some of it zeroed. */
static GstMemory *
reuse (GstHeapMemoryShared *shared, gsize size, gsize total, const GstAllocationParams *params, const gchar *layout)
{
  GstHeapCacheKey key = { .layout = layout };
  GstMemory *memory;

  if (wants_zeroes (params))
    return NULL;
  if (heap_round_size (total, &key.size) < 0)
    return NULL;
  memory = gst_heap_cache_take (shared->cache, &key, gst_heap_memory_is_reusable);
  if (memory)
    gst_heap_memory_renew (memory, size, layout);
  return memory;
}

/* From the heap, if need be once what nobody uses of it has been freed. */
static int
take_from_heap (GstHeapMemoryShared *shared, gsize total, struct heap_buffer *ret_buffer)
{
  int result = heap_alloc (shared->core, total, ret_buffer);

  if (shared->carve_size > 0 || (result != -ENOMEM && result != -EMFILE && result != -ENFILE))
    return result;
  return gst_heap_registry_trim (&shared->core->info) ? heap_alloc (shared->core, total, ret_buffer) : result;
}

/* If need be, without what is kept although nobody uses it. */
static gboolean
take_from_budget (GstHeapMemoryShared *shared, gsize bytes)
{
  if (gst_heap_budget_take (shared->budget, bytes))
    return TRUE;
  gst_heap_cache_trim (shared->cache);
  return gst_heap_budget_take (shared->budget, bytes);
}

/* Memory of total bytes, of which size show. */
static GstMemory *
alloc_fresh (GstHeapMemoryShared *shared, gsize size, gsize total, const gchar *layout, GError **error)
{
  struct heap_buffer buffer;
  GstMemory *memory = NULL;
  gsize taken = 0; /* of a size that makes no sense, nothing: the heap says so */
  int result;

  heap_round_size (total, &taken);
  if (!take_from_budget (shared, taken)) {
    gst_heap_failure_set_budget (error, shared, taken);
    return NULL;
  }
  result = take_from_heap (shared, total, &buffer);
  if (result == 0) {
    memory = gst_heap_memory_wrap (shared->allocator, shared, &buffer, size, layout);
    result = memory ? 0 : -ENOTSUP;
  }
  if (result < 0) {
    gst_heap_budget_give_back (shared->budget, taken);
    gst_heap_failure_set (error, shared, total, -result);
  }
  return memory;
}

GstMemory *
gst_heap_allocator_try_alloc (
    GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, const gchar *layout, GError **error)
{
  GstHeapMemoryShared *shared = gst_heap_allocator_get_shared (allocator);
  GstMemory *memory;
  gsize total;

  if (!compute_size (shared, size, params, &total, error) || !check_zeroes (shared, params, error))
    return NULL;
  memory = reuse (shared, size, total, params, layout);
  if (memory)
    return memory;
  memory = alloc_fresh (shared, size, total, layout, error);
  if (memory)
    set_flags (memory, &shared->core->info.facts, params);
  return memory;
}

void
gst_heap_allocator_add_figures (
    GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, GError *error)
{
  GstHeapMemoryShared *shared = gst_heap_allocator_get_shared (allocator);
  gsize total;

  if (g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY) &&
      compute_size (shared, size, params, &total, NULL))
    gst_heap_failure_add_figures (error, shared, total);
}
