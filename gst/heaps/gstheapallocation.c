/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One allocation: out of what is kept here or by other allocators, else within the budget from the heap, or from
 * another one. */
#include "gstheapallocator-private.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheaperror-private.h"
#include "gstheapfailure.h"
#include "gstheapfallback.h"
#include "gstheapprocessbudget.h"
#include "gstheapregistry.h"

#include <errno.h>

static gboolean
wants_zeroes (const GstAllocationParams *params)
{
  return params && params->flags & (GST_MEMORY_FLAG_ZERO_PREFIXED | GST_MEMORY_FLAG_ZERO_PADDED);
}

/* The size to ask the heap for. */
static gboolean
compute_size (GstHeapMemoryShared *shared, const GstHeapDemand *demand, gsize *ret_total, GError **error)
{
  gsize size = demand->size;
  gsize align = demand->params ? demand->params->align : 0;
  gsize padding = demand->params ? demand->params->padding : 0;

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

/* Of what is kept here. It is in the budget already. */
static GstMemory *
reuse (GstHeapMemoryShared *shared, const GstHeapCacheKey *key)
{
  return gst_heap_cache_take (shared->cache, key, gst_heap_memory_is_reusable);
}

/* Of what other allocators of the heap keep. Who keeps nothing is promised memory that is zeroed. */
static GstMemory *
adopt (GstHeapMemoryShared *shared, const GstHeapCacheKey *key)
{
  return gst_heap_cache_get_max_bytes (shared->cache) > 0 ? gst_heap_registry_take (shared, key) : NULL;
}

/* EFBIG: a buffer of that size is more than the heap ever gives. */
static gboolean
is_for_lack_of_room (int result)
{
  GstHeapError code = gst_heap_error_code_from_errno (-result);

  return code == GST_HEAP_ERROR_NO_MEMORY || code == GST_HEAP_ERROR_NO_FDS || result == -EFBIG;
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
  gst_heap_registry_trim_budget (shared->budget);
  return gst_heap_budget_take (shared->budget, bytes);
}

/* The same with what all allocators of the process may hold of the heap. Of what is carved that was taken at once. */
static int
take_within_process (GstHeapMemoryShared *shared, gsize total, gsize bytes, struct heap_buffer *ret_buffer)
{
  int result;

  if (shared->carve_size > 0)
    return take_from_heap (shared, total, ret_buffer);
  if (!gst_heap_process_budget_take (shared->process_budget, &shared->core->info, bytes))
    return -EDQUOT;
  result = take_from_heap (shared, total, ret_buffer);
  if (result < 0)
    gst_heap_budget_give_back (shared->process_budget, bytes);
  return result;
}

/* Memory of total bytes, which are so many in whole pages. The budget has room for them. */
static GstMemory *
alloc_fresh (GstHeapMemoryShared *shared, const GstHeapDemand *demand, gsize total, gsize bytes, gboolean *ret_is_short,
    GError **error)
{
  struct heap_buffer buffer;
  GstMemory *memory = NULL;
  int result = take_within_process (shared, total, bytes, &buffer);

  if (result == 0) {
    memory = gst_heap_memory_wrap (shared->allocator, shared, &buffer, demand->size, demand->layout);
    result = memory ? 0 : -ENOTSUP;
    if (!memory && shared->carve_size == 0)
      gst_heap_budget_give_back (shared->process_budget, bytes);
  }
  if (result == 0) {
    set_flags (memory, &shared->core->info.facts, demand->params);
    return memory;
  }
  *ret_is_short = is_for_lack_of_room (result);
  if (*ret_is_short)
    gst_heap_shortage_begin (&shared->shortage, total, -result);
  gst_heap_failure_set (error, shared, total, -result);
  return NULL;
}

/* Kept or fresh. */
static GstMemory *
alloc_once (
    GstHeapMemoryShared *shared, const GstHeapDemand *demand, gsize total, gboolean *ret_is_short, GError **error)
{
  GstHeapCacheKey key = { .layout = demand->layout };  /* of a size that makes no sense, 0: the heap says so */
  gboolean may_reuse = !wants_zeroes (demand->params); /* what is kept has something in it */
  GstMemory *kept, *fresh;

  heap_round_size (total, &key.size);
  kept = may_reuse ? reuse (shared, &key) : NULL;
  if (!kept && !take_from_budget (shared, key.size)) {
    gst_heap_failure_set_budget (error, shared, key.size);
    *ret_is_short = FALSE;
    return NULL;
  }
  if (!kept && may_reuse)
    kept = adopt (shared, &key);
  if (kept) {
    gst_heap_memory_renew (kept, demand->size, demand->layout);
    return kept;
  }
  fresh = alloc_fresh (shared, demand, total, key.size, ret_is_short, error);
  if (!fresh)
    gst_heap_budget_give_back (shared->budget, key.size);
  return fresh;
}

GstMemory *
gst_heap_allocator_alloc_own (
    GstHeapMemoryShared *shared, const GstHeapDemand *demand, gsize total, gboolean *ret_is_short, GError **error)
{
  GError *failure = NULL;
  GstMemory *memory = alloc_once (shared, demand, total, ret_is_short, &failure);

  if (demand->reclaim && g_error_matches (failure, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY) && demand->reclaim ()) {
    g_clear_error (&failure);
    memory = alloc_once (shared, demand, total, ret_is_short, &failure);
  }
  if (failure)
    g_propagate_error (error, failure);
  return memory;
}

GstMemory *
gst_heap_allocator_try_alloc (GstHeapAllocator *allocator, const GstHeapDemand *demand, GError **error)
{
  GstHeapMemoryShared *shared = gst_heap_allocator_get_shared (allocator);
  gboolean is_short;
  gsize total;

  if (!compute_size (shared, demand, &total, error) || !check_zeroes (shared, demand->params, error))
    return NULL;
  if (shared->fallback)
    return gst_heap_fallback_alloc (shared->fallback, demand, total, error);
  return gst_heap_allocator_alloc_own (shared, demand, total, &is_short, error);
}

void
gst_heap_allocator_add_figures (GstHeapAllocator *allocator, const GstHeapDemand *demand, GError *error)
{
  GstHeapMemoryShared *shared = gst_heap_allocator_get_shared (allocator);
  gsize total;

  if (!g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY) ||
      !compute_size (shared, demand, &total, NULL))
    return;
  gst_heap_failure_add_figures (error, shared, total);
  gst_heap_fallback_explain (shared->fallback, total, TRUE, error);
}
