/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 lint: names of heaps against the kernel's convention. */
#include "json-output.h"
#include "options.h"
#include "terminal.h"

#include <gst/heaps/heaps.h>

static const gchar *
rule_name (GstHeapNameRule rule)
{
  g_autoptr (GEnumClass) rules = g_type_class_ref (GST_TYPE_HEAP_NAME_RULE);

  return g_enum_get_value (rules, rule)->value_nick;
}

/* The names of the heaps that are there, but those of this process, which nobody named by the convention. */
static gchar **
list_names (void)
{
  GList *heaps = gst_heap_list ();
  GPtrArray *names = g_ptr_array_new ();

  for (GList *item = heaps; item; item = item->next) {
    if (gst_heap_get_path (item->data))
      g_ptr_array_add (names, g_strdup (gst_heap_get_name (item->data)));
  }
  g_list_free_full (heaps, g_object_unref);
  g_ptr_array_add (names, NULL);
  return (gchar **) g_ptr_array_free (names, FALSE);
}

static void
add_report (JsonBuilder *builder, const gchar *name, GstHeapNameReport *report)
{
  json_builder_begin_object (builder);
  tool_json_add_string (builder, "name", name);
  tool_json_add_boolean (builder, "good", gst_heap_name_report_is_good (report));
  tool_json_add_string (builder, "better-name", gst_heap_name_report_get_better_name (report));
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < gst_heap_name_report_get_n_findings (report); i++) {
    json_builder_begin_object (builder);
    tool_json_add_string (builder, "rule", rule_name (gst_heap_name_report_get_rule (report, i)));
    tool_json_add_string (builder, "severity", gst_heap_name_report_is_error (report, i) ? "error" : "note");
    tool_json_add_string (builder, "reason", gst_heap_name_report_get_reason (report, i));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_report (const gchar *name, GstHeapNameReport *report)
{
  const gchar *better = gst_heap_name_report_get_better_name (report);
  g_autofree gchar *verdict = gst_heap_name_report_is_good (report) ? g_strdup (": good\n")
                              : better                              ? g_strdup_printf (": call it %s\n", better)
                                                                    : g_strdup (": not good\n");

  tool_print_bold (name);
  tool_print (verdict);
  for (guint i = 0; i < gst_heap_name_report_get_n_findings (report); i++) {
    gboolean is_error = gst_heap_name_report_is_error (report, i);
    GstHeapNameRule rule = gst_heap_name_report_get_rule (report, i);
    g_autofree gchar *line =
        g_strdup_printf ("  %s: %s%s%s%s\n", is_error ? "error" : "note", gst_heap_name_report_get_reason (report, i),
            is_error ? " (" : "", is_error ? gst_heap_name_rule_get_text (rule) : "", is_error ? ")" : "");
    tool_print (line);
  }
}

/* builder: NULL for text. Returns: whether all are good */
static gboolean
check_names (gchar **names, JsonBuilder *builder)
{
  gboolean all_good = TRUE;

  for (guint i = 0; names[i]; i++) {
    /* The ones before it were told already. */
    g_autoptr (GstHeapNameReport) report = gst_heap_name_check (names[i], (const gchar *const *) names + i + 1);

    all_good = all_good && gst_heap_name_report_is_good (report);
    if (builder)
      add_report (builder, names[i], report);
    else
      print_report (names[i], report);
  }
  return all_good;
}

static gboolean
check_as_json (gchar **names)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean all_good;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "names");
  json_builder_begin_array (builder);
  all_good = check_names (names, builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  tool_json_print (builder);
  return all_good;
}

static int
run (int argc, gchar **argv)
{
  g_auto (ToolOptions) options = { 0 };
  g_auto (GStrv) found = NULL;
  gchar **names;

  if (!tool_options_parse (&options, &tool_lint, NULL, G_MAXUINT, argc, argv))
    return TOOL_EXIT_USAGE;
  if (!options.arguments)
    found = list_names ();
  names = options.arguments ? options.arguments : found;
  return (options.json ? check_as_json (names) : check_names (names, NULL)) ? TOOL_EXIT_OK : TOOL_EXIT_NO;
}

const ToolCommand tool_lint = {
  .name = "lint",
  .arguments = "[NAME…]",
  .summary = "Check names of heaps against the kernel's naming convention",
  .details = "Checks each NAME, or the names of the heaps that are there, against each rule of\n"
             "the kernel's naming convention for heaps (Documentation/userspace-api/dma-buf-heaps.rst),\n"
             "and says what is wrong and what a better name is. ADDRESS in it stands for where the\n"
             "region begins, in hexadecimal:\n"
             "  gst-heaps-1.0 lint cma-video video@42000000\n"
             "\n"
             "Exits with 0 when all names are good, 1 when one is not.",
  .run = run,
};
