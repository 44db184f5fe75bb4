/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What benchmarks say. */
#include "report.h"

#include "gst/tools/json-output.h"

#include <gst/gst.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#define COUNT_TOLERANCE 0.05 /* of what happens now and then */

struct _Report {
  FILE *table;
  const gchar *json_path;
  JsonBuilder *json;
  gboolean are_counts_met;
};

/* The processor by the name it gives itself. */
static gchar *
processor_name (void)
{
  gchar *text = NULL, *name = NULL;
  GMatchInfo *match = NULL;
  GRegex *pattern = g_regex_new ("^model name\\s*: (.*)$", G_REGEX_MULTILINE, 0, NULL);

  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL) && g_regex_match (pattern, text, 0, &match))
    name = g_match_info_fetch (match, 1);
  g_clear_pointer (&match, g_match_info_unref);
  g_regex_unref (pattern);
  g_free (text);
  return name ? name : g_strdup ("unknown");
}

static void
add_machine (JsonBuilder *json)
{
  struct utsname system;
  gchar *processor = processor_name (), *version = gst_version_string ();

  uname (&system);
  json_builder_set_member_name (json, "machine");
  json_builder_begin_object (json);
  tool_json_add_string (json, "processor", processor);
  tool_json_add_number (json, "processors", g_get_num_processors ());
  tool_json_add_string (json, "kernel", system.release);
  tool_json_add_string (json, "gstreamer", version);
  json_builder_end_object (json);
  g_free (processor);
  g_free (version);
}

Report *
report_new (const gchar *json_path)
{
  Report *self = g_new0 (Report, 1);

  self->table = g_strcmp0 (json_path, "-") == 0 ? stderr : stdout;
  self->json_path = json_path;
  self->json = json_builder_new ();
  self->are_counts_met = TRUE;
  json_builder_begin_object (self->json);
  add_machine (self->json);
  json_builder_set_member_name (self->json, "benchmarks");
  json_builder_begin_array (self->json);
  return self;
}

void
report_begin_group (Report *self, const BenchGroup *group)
{
  fprintf (self->table, "\n%s: %s\n  %-34s %22s %22s %22s\n", group->name, group->description, "", "ns", "peer's ns",
      "ratio (middle half)");
  json_builder_begin_object (self->json);
  tool_json_add_string (self->json, "name", group->name);
  tool_json_add_string (self->json, "description", group->description);
  json_builder_set_member_name (self->json, "cases");
  json_builder_begin_array (self->json);
}

static void
add_calls (JsonBuilder *json, const gchar *member, const gdouble *calls)
{
  json_builder_set_member_name (json, member);
  json_builder_begin_object (json);
  for (guint i = 0; i < N_CALL_KINDS; i++)
    if (calls[i] >= COUNT_TOLERANCE)
      tool_json_add_number (json, call_names[i], calls[i]);
  json_builder_end_object (json);
}

static gboolean
are_calls_within (const BenchCase *what, const BenchResult *result)
{
  for (guint i = 0; i < N_CALL_KINDS; i++)
    if (what->max_calls[i] != BENCH_NO_LIMIT && result->our_calls[i] > what->max_calls[i] + COUNT_TOLERANCE)
      return FALSE;
  return TRUE;
}

static gboolean
is_fast_enough (const BenchCase *what, const BenchResult *result)
{
  return what->max_ratio == 0 || result->times.ratio.median <= what->max_ratio;
}

static void
add_json (JsonBuilder *json, const BenchCase *what, const BenchResult *result)
{
  json_builder_begin_object (json);
  tool_json_add_string (json, "case", what->name);
  tool_json_add_string (json, "ours", what->ours.name);
  tool_json_add_string (json, "peer", what->peer.name);
  tool_json_add_spread (json, "ns", &result->times.ours);
  tool_json_add_spread (json, "peer-ns", &result->times.peer);
  tool_json_add_spread (json, "ratio", &result->times.ratio);
  if (what->max_ratio > 0) {
    tool_json_add_number (json, "target", what->max_ratio);
    tool_json_add_boolean (json, "met", is_fast_enough (what, result));
  }
  if (result->are_counted) {
    add_calls (json, "calls", result->our_calls);
    add_calls (json, "peer-calls", result->peer_calls);
  }
  json_builder_end_object (json);
}

static void
print_spread (FILE *table, const ToolSpread *spread)
{
  gchar *text = g_strdup_printf ("%.0f (%.0f-%.0f)", spread->median, spread->low, spread->high);

  fprintf (table, " %22s", text);
  g_free (text);
}

/* A ratio may be a thousandth. */
static void
print_ratio (FILE *table, const ToolSpread *ratio)
{
  gint digits = ratio->median < 0.1 ? 5 : 3;
  gchar *text = g_strdup_printf ("%.*f (%.*f-%.*f)", digits, ratio->median, digits, ratio->low, digits, ratio->high);

  fprintf (table, " %22s", text);
  g_free (text);
}

static void
print_calls (FILE *table, const gchar *whose, const gdouble *calls)
{
  const gchar *separator = "";

  fprintf (table, "%s ", whose);
  for (guint i = 0; i < N_CALL_KINDS; i++)
    if (calls[i] >= COUNT_TOLERANCE) {
      fprintf (table, "%s%s %.2g", separator, call_names[i], calls[i]);
      separator = ", ";
    }
  fputs (*separator ? "" : "none", table);
}

void
report_add (Report *self, const BenchCase *what, const BenchResult *result)
{
  FILE *table = self->table;
  gboolean is_within = !result->are_counted || are_calls_within (what, result);

  fprintf (table, "  %-34s", what->name);
  print_spread (table, &result->times.ours);
  print_spread (table, &result->times.peer);
  print_ratio (table, &result->times.ratio);
  if (what->max_ratio > 0)
    fprintf (table, "  at most %.3g: %s", what->max_ratio, is_fast_enough (what, result) ? "yes" : "NO");
  if (result->are_counted) {
    print_calls (table, "\n    calls:", result->our_calls);
    print_calls (table, "; peer:", result->peer_calls);
    fputs (is_within ? "" : "  TOO MANY", table);
  }
  fputs ("\n", table);
  fflush (table);
  self->are_counts_met &= is_within;
  add_json (self->json, what, result);
}

void
report_add_skipped (Report *self, guint number, const gchar *reason)
{
  fprintf (self->table, "  case %u: not on this machine: %.*s\n", number, (int) strcspn (reason, "\n"), reason);
  json_builder_begin_object (self->json);
  tool_json_add_string (self->json, "skipped", reason);
  json_builder_end_object (self->json);
}

void
report_end_group (Report *self)
{
  json_builder_end_array (self->json);
  json_builder_end_object (self->json);
}

static gboolean
write_json (Report *self)
{
  JsonGenerator *generator = json_generator_new ();
  JsonNode *root = json_builder_get_root (self->json);
  gboolean is_stdout = g_str_equal (self->json_path, "-");
  GError *error = NULL;

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  if (!json_generator_to_file (generator, is_stdout ? "/dev/stdout" : self->json_path, &error))
    fprintf (stderr, "bench-buffers: %s\n", error->message);
  json_node_unref (root);
  g_object_unref (generator);
  if (!error)
    return TRUE;
  g_clear_error (&error);
  return FALSE;
}

gboolean
report_finish (Report *self)
{
  gboolean is_ok = self->are_counts_met;

  json_builder_end_array (self->json);
  json_builder_end_object (self->json);
  if (self->json_path)
    is_ok &= write_json (self);
  g_object_unref (self->json);
  g_free (self);
  return is_ok;
}
