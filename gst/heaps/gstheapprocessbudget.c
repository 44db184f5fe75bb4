/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How many bytes of a heap all allocators of this process may hold together. */
#include "gstheapprocessbudget.h"

#include "gstheapconfig.h"
#include "gstheapregistry.h"
#include "gstheaproom.h"

typedef struct {
  GstHeapBudget *budget;
  gboolean is_set; /* by a call, whatever heaps.conf says */
} Limit;

static GMutex lock;        /* protects what follows */
static GHashTable *limits; /* of Limit, by the first name of a heap; nothing ever leaves it */

/* With the lock. */
static Limit *
find_limit (const struct heap_info *info)
{
  const gchar *name = heap_info_first_name (info);
  Limit *limit;

  if (!limits)
    limits = g_hash_table_new (g_str_hash, g_str_equal);
  limit = g_hash_table_lookup (limits, name);
  if (!limit) {
    limit = g_new0 (Limit, 1);
    limit->budget = gst_heap_budget_new ();
    g_hash_table_insert (limits, g_strdup (name), limit);
  }
  return limit;
}

/* With the lock. Where both names of a heap are declared the smaller limit counts. */
static void
apply_config (Limit *limit, const gchar *name)
{
  guint64 max_bytes = gst_heap_config_get_max_bytes (name), present = limit->budget->max_bytes;

  if (!limit->is_set && max_bytes > 0 && (present == 0 || max_bytes < present))
    limit->budget->max_bytes = max_bytes;
}

GstHeapBudget *
gst_heap_process_budget_get (const struct heap_info *info)
{
  Limit *limit;

  g_mutex_lock (&lock);
  limit = find_limit (info);
  apply_config (limit, info->name);
  apply_config (limit, heap_info_first_name (info));
  g_mutex_unlock (&lock);
  return limit->budget;
}

void
gst_heap_process_budget_set (const struct heap_info *info, guint64 max_bytes)
{
  Limit *limit;

  g_mutex_lock (&lock);
  limit = find_limit (info);
  limit->is_set = TRUE;
  limit->budget->max_bytes = max_bytes;
  g_mutex_unlock (&lock);
  gst_heap_room_note ();
}

gboolean
gst_heap_process_budget_take (GstHeapBudget *budget, const struct heap_info *info, gsize bytes)
{
  if (gst_heap_budget_take (budget, bytes))
    return TRUE;
  gst_heap_registry_trim (info);
  return gst_heap_budget_take (budget, bytes);
}
