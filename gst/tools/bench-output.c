/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What was compared, for people and for scripts. */
#include "bench-output.h"

#include "json-output.h"
#include "table.h"
#include "terminal.h"

#include <string.h>

void
bench_result_free (BenchResult *self)
{
  g_free (self->reason);
  g_free (self);
}

void
bench_heap_free (BenchHeap *self)
{
  g_object_unref (self->heap);
  g_ptr_array_unref (self->results);
  g_free (self);
}

static void
add_time (ToolTable *table, const ToolSpread *time)
{
  tool_table_add_printf (table, "%.2f", time->median / 1e3);
}

/* A ratio may be a thousandth. */
static void
add_ratio (ToolTable *table, const ToolSpread *ratio)
{
  gint digits = ratio->median < 0.1 ? 4 : 2;

  tool_table_add_printf (table, "%.*f (%.*f-%.*f)", digits, ratio->median, digits, ratio->low, digits, ratio->high);
}

static void
add_row (ToolTable *table, const BenchResult *result)
{
  tool_table_add (table, result->what);
  tool_table_add_printf (table, "%dx%d", result->width, result->height);
  if (result->reason) {
    /* What follows the first line are other heaps. */
    for (guint i = 0; i < 3; i++)
      tool_table_add (table, "-");
    tool_table_add_printf (table, "%.*s", (int) strcspn (result->reason, "\n"), result->reason);
    return;
  }
  add_time (table, &result->times.ours);
  add_time (table, &result->times.peer);
  add_ratio (table, &result->times.ratio);
  tool_table_add (table, result->peer);
}

void
bench_print_text (const BenchHeap *self)
{
  static const gchar *const headings[] = { "frame", "us", "peer's us", "ratio (middle half)", "peer" };
  g_autoptr (ToolTable) table = tool_table_new (G_N_ELEMENTS (headings) + 1);

  tool_table_add (table, gst_heap_get_name (self->heap));
  for (guint i = 0; i < G_N_ELEMENTS (headings); i++)
    tool_table_add (table, headings[i]);
  for (guint i = 0; i < self->results->len; i++)
    add_row (table, g_ptr_array_index (self->results, i));
  tool_table_print (table);
}

static void
add_result (JsonBuilder *builder, const BenchResult *result)
{
  json_builder_begin_object (builder);
  tool_json_add_string (builder, "what", result->what);
  tool_json_add_integer (builder, "width", result->width);
  tool_json_add_integer (builder, "height", result->height);
  tool_json_add_string (builder, "skipped", result->reason);
  if (!result->reason) {
    tool_json_add_string (builder, "ours", result->ours);
    tool_json_add_string (builder, "peer", result->peer);
    tool_json_add_integer (builder, "pairs", result->times.n_pairs);
    tool_json_add_spread (builder, "ns", &result->times.ours);
    tool_json_add_spread (builder, "peer-ns", &result->times.peer);
    tool_json_add_spread (builder, "ratio", &result->times.ratio);
  }
  json_builder_end_object (builder);
}

static void
add_heap (JsonBuilder *builder, const BenchHeap *heap)
{
  json_builder_begin_object (builder);
  tool_json_add_string (builder, "name", gst_heap_get_name (heap->heap));
  json_builder_set_member_name (builder, "cases");
  json_builder_begin_array (builder);
  for (guint i = 0; i < heap->results->len; i++)
    add_result (builder, g_ptr_array_index (heap->results, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

void
bench_print_json (GPtrArray *heaps, gboolean is_interrupted)
{
  tool_json_print_heaps (heaps, (ToolJsonAddFunc) add_heap, is_interrupted);
}
