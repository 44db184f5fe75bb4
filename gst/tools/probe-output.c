/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What probing found, for people and for scripts. */
#include "probe-output.h"

#include "json-output.h"
#include "table.h"
#include "terminal.h"

static const gchar *const answer_names[] = {
  [GST_HEAP_ANSWER_UNKNOWN] = "unknown",
  [GST_HEAP_ANSWER_NO] = "no",
  [GST_HEAP_ANSWER_YES] = "yes",
};

static void add_line (ToolTable *table, const gchar *label, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_line (ToolTable *table, const gchar *label, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tool_table_add (table, label);
  tool_table_add (table, text);
}

/* What the property says, beside what was found. */
static gchar *
describe_claim (const ProbeResult *result, GstHeapProperties property)
{
  GstHeapAnswer answer = gst_heap_get_answer (result->heap, property);
  const gchar *mark = probe_result_contradicts (result, property) ? "CONTRADICTS what is known: " : "known: ";

  if (answer == GST_HEAP_ANSWER_UNKNOWN)
    return g_strdup ("nothing is known");
  return g_strdup_printf ("%s%s (%s)", mark, answer_names[answer], gst_heap_get_answer_source (result->heap, property));
}

static void
add_finding (ToolTable *table, const gchar *label, const ProbeFinding *finding, const gchar *claim)
{
  if (!finding->evidence && !claim)
    return;
  add_line (table, label, "%s%s%s%s%s", answer_names[finding->answer], finding->evidence ? ": " : "",
      finding->evidence ? finding->evidence : "", claim ? "; " : "", claim ? claim : "");
}

static void
add_rate (ToolTable *table, const gchar *label, const ProbeRate *rate)
{
  if (rate->heap > 0)
    add_line (table, label, "%.0f MB/s, malloc's memory %.0f MB/s", rate->heap / 1e6, rate->malloc / 1e6);
}

static gchar *
describe_size (guint64 bytes)
{
  return bytes < 1 << 20 ? g_strdup_printf ("%" G_GUINT64_FORMAT "K", bytes >> 10)
                         : g_strdup_printf ("%.1fM", (gdouble) bytes / (1 << 20));
}

static void
add_latencies (ToolTable *table, const ProbeResult *result)
{
  for (guint i = 0; i < result->n_latencies; i++) {
    const ProbeLatency *latency = &result->latencies[i];
    g_autofree gchar *size = describe_size (latency->size);

    add_line (table, i == 0 ? "latency" : "", "%s: p50 %.1f us, p99 %.1f us (allocated and freed %u times)", size,
        latency->p50 / 1e3, latency->p99 / 1e3, latency->n);
  }
}

static void
add_largest (ToolTable *table, const ProbeResult *result)
{
  g_autofree gchar *size = describe_size (result->largest);

  if (result->largest == 0)
    return;
  if (result->limited_by)
    add_line (table, "largest", "at least %s: no larger buffer was tried (%s)", size, result->limited_by);
  else
    add_line (table, "largest", "%s", size);
}

static void
add_size (ToolTable *table, const ProbeResult *result)
{
  g_autofree gchar *size = describe_size (result->size);

  if (result->exporter)
    add_line (table, "gives", "%s in a dma-buf of \"%s\"", size, result->exporter);
  else
    add_line (table, "gives", "%s of shared memory, which no device can import", size);
  if (result->unmapped)
    add_line (table, "mapping", "none: %s", result->unmapped);
}

static void
add_rows (ToolTable *table, const ProbeResult *result)
{
  g_autofree gchar *contiguous = describe_claim (result, GST_HEAP_PROPERTY_CONTIGUOUS);
  g_autofree gchar *cached = describe_claim (result, GST_HEAP_PROPERTY_CACHEABLE);

  add_size (table, result);
  add_finding (table, "zeroed", &result->zeroed, NULL);
  add_finding (table, "contiguous", &result->contiguous, contiguous);
  add_finding (table, "cached", &result->cached, cached);
  add_rate (table, "reading", &result->read);
  add_rate (table, "writing", &result->write);
  add_latencies (table, result);
  add_largest (table, result);
}

void
probe_print_text (const ProbeResult *result)
{
  const gchar *path = gst_heap_get_path (result->heap);
  g_autoptr (ToolTable) table = tool_table_new (2);

  tool_table_add (table, gst_heap_get_name (result->heap));
  tool_table_add (table, path ? path : "-");
  if (result->error)
    add_line (table, "error", "%s", result->error);
  else
    add_rows (table, result);
  tool_table_print (table);
}

/* property: what is known of it; NONE: it is no property. */
static void
add_json_finding (JsonBuilder *builder, const gchar *member, const ProbeResult *result, const ProbeFinding *finding,
    GstHeapProperties property)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_object (builder);
  tool_json_add_string (builder, "answer", answer_names[finding->answer]);
  tool_json_add_string (builder, "evidence", finding->evidence);
  if (property != GST_HEAP_PROPERTY_NONE) {
    tool_json_add_string (builder, "known", answer_names[gst_heap_get_answer (result->heap, property)]);
    tool_json_add_string (builder, "known-from", gst_heap_get_answer_source (result->heap, property));
    tool_json_add_boolean (builder, "contradicts", probe_result_contradicts (result, property));
  }
  json_builder_end_object (builder);
}

static void
add_json_rate (JsonBuilder *builder, const gchar *member, const ProbeRate *rate)
{
  json_builder_set_member_name (builder, member);
  if (rate->heap <= 0) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  tool_json_add_number (builder, "bytes-per-second", rate->heap);
  tool_json_add_number (builder, "malloc-bytes-per-second", rate->malloc);
  json_builder_end_object (builder);
}

static void
add_json_latencies (JsonBuilder *builder, const ProbeResult *result)
{
  json_builder_set_member_name (builder, "latencies");
  json_builder_begin_array (builder);
  for (guint i = 0; i < result->n_latencies; i++) {
    json_builder_begin_object (builder);
    tool_json_add_integer (builder, "bytes", result->latencies[i].size);
    tool_json_add_integer (builder, "times", result->latencies[i].n);
    tool_json_add_number (builder, "p50-ns", result->latencies[i].p50);
    tool_json_add_number (builder, "p99-ns", result->latencies[i].p99);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_json_largest (JsonBuilder *builder, const ProbeResult *result)
{
  json_builder_set_member_name (builder, "largest");
  if (result->largest == 0) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  tool_json_add_integer (builder, "bytes", result->largest);
  tool_json_add_string (builder, "limited-by", result->limited_by);
  json_builder_end_object (builder);
}

static void
add_json_result (JsonBuilder *builder, const ProbeResult *result)
{
  json_builder_begin_object (builder);
  tool_json_add_string (builder, "name", gst_heap_get_name (result->heap));
  tool_json_add_string (builder, "path", gst_heap_get_path (result->heap));
  tool_json_add_string (builder, "error", result->error);
  if (!result->error) {
    tool_json_add_integer (builder, "bytes", result->size);
    tool_json_add_string (builder, "exporter", result->exporter);
    tool_json_add_string (builder, "unmapped", result->unmapped);
    add_json_finding (builder, "zeroed", result, &result->zeroed, GST_HEAP_PROPERTY_NONE);
    add_json_finding (builder, "contiguous", result, &result->contiguous, GST_HEAP_PROPERTY_CONTIGUOUS);
    add_json_finding (builder, "cached", result, &result->cached, GST_HEAP_PROPERTY_CACHEABLE);
    add_json_rate (builder, "reading", &result->read);
    add_json_rate (builder, "writing", &result->write);
    add_json_latencies (builder, result);
    add_json_largest (builder, result);
  }
  json_builder_end_object (builder);
}

void
probe_print_json (GPtrArray *results, gboolean is_interrupted)
{
  tool_json_print_heaps (results, (ToolJsonAddFunc) add_json_result, is_interrupted);
}
