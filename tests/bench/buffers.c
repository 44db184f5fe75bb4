/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Buffers of heap memory beside GStreamer's own: how long they take, and which system calls they make. */
#include "benchmarks.h"
#include "report.h"

#include "gst/elements/gstheapupload.h"

#include <stdio.h>
#include <stdlib.h>

/* What threads take to start is in both, and not in the difference. Multiples of the threads. */
#define N_SHORT 20
#define N_LONG 120
#define N_BEFORE 8 /* until mappings and the like are made */

static const BenchGroup *const groups[] = { &bench_pool, &bench_map, &bench_cache, &bench_upload, &bench_download };

static gint n_pairs = 15, milliseconds = 30;
static gchar *json_path, **names;
static gboolean without_calls;

static const GOptionEntry options[] = {
  { "repeat", 'r', 0, G_OPTION_ARG_INT, &n_pairs, "Pairs of measurements, ours and the peer's (default: 15)", "N" },
  { "milliseconds", 'm', 0, G_OPTION_ARG_INT, &milliseconds, "How long each takes (default: 30)", "N" },
  { "json", 'j', 0, G_OPTION_ARG_FILENAME, &json_path, "Write JSON to FILE (-: stdout, and the table to stderr)",
      "FILE" },
  { "no-calls", 0, 0, G_OPTION_ARG_NONE, &without_calls, "Do not count system calls", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "[pool] [map] [cache] [upload] [download]" },
  { NULL },
};

static gboolean
is_known (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (g_str_equal (groups[i]->name, name))
      return TRUE;
  return FALSE;
}

static void
parse_options (int *argc, char ***argv)
{
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;

  g_option_context_set_summary (context,
      "Benchmarks of buffers: all, or those that are named. Each is a ratio to a peer, by turns in one run.\n"
      "The exit status is 1 if a frame takes more system calls than it may.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    fprintf (stderr, "bench-buffers: %s\n", error->message);
    exit (2);
  }
  g_option_context_free (context);
  for (gchar **name = names; name && *name; name++)
    if (!is_known (*name)) {
      fprintf (stderr, "bench-buffers: there is no benchmark \"%s\"; see --help\n", *name);
      exit (2);
    }
  n_pairs = MAX (n_pairs, 1);
  milliseconds = MAX (milliseconds, 1);
}

static void
set_up (void)
{
  gst_init (NULL, NULL);
  GST_ELEMENT_REGISTER (heapupload, NULL);
}

/* One side of one case, in a process of its own. */
typedef struct {
  const BenchGroup *group;
  guint number;
  gboolean is_peer;
} Counted;

static int
run_counted (gpointer data)
{
  const Counted *self = data;
  gchar *reason = NULL;
  BenchCase *what = self->group->create (self->number, &reason);
  BenchSide *side;

  if (!what)
    return 1;
  side = self->is_peer ? &what->peer : &what->ours;
  side->run (side->data, N_BEFORE);
  calls_begin (CALLS_SHORT);
  side->run (side->data, N_SHORT);
  calls_end ();
  calls_begin (CALLS_LONG);
  side->run (side->data, N_LONG);
  calls_end ();
  return 0;
}

static gboolean
count_side (const BenchGroup *group, guint number, gboolean is_peer, gdouble *ret_calls)
{
  Counted counted = { group, number, is_peer };
  CallCounts counts;

  if (!calls_count (run_counted, &counted, &counts))
    return FALSE;
  for (guint i = 0; i < N_CALL_KINDS; i++)
    ret_calls[i] = ((gdouble) counts.of[CALLS_LONG][i] - (gdouble) counts.of[CALLS_SHORT][i]) / (N_LONG - N_SHORT);
  return TRUE;
}

static gboolean
is_wanted (const BenchGroup *group)
{
  return !names || g_strv_contains ((const gchar *const *) names, group->name);
}

/* Before this process has threads. What GStreamer does to begin with is not traced: each stop takes long in a VM. */
static BenchResult *
count_calls (const BenchGroup *group)
{
  BenchResult *results = g_new0 (BenchResult, group->n_cases);

  for (guint i = 0; i < group->n_cases && !without_calls && group->counts_calls && is_wanted (group); i++)
    results[i].are_counted =
        count_side (group, i, FALSE, results[i].our_calls) && count_side (group, i, TRUE, results[i].peer_calls);
  return results;
}

static void
run_group (Report *report, const BenchGroup *group, BenchResult *results)
{
  report_begin_group (report, group);
  for (guint i = 0; i < group->n_cases; i++) {
    gchar *reason = NULL;
    BenchCase *what = group->create (i, &reason);

    if (what) {
      if (!bench_compare (&what->ours, &what->peer, what->clock, n_pairs, milliseconds, &results[i].times))
        g_error ("%s: it cannot be done", what->name);
      report_add (report, what, &results[i]);
      bench_case_free (what);
    } else {
      report_add_skipped (report, i, reason);
      g_free (reason);
    }
  }
  report_end_group (report);
}

int
main (int argc, char **argv)
{
  BenchResult *results[G_N_ELEMENTS (groups)];
  Report *report;

  parse_options (&argc, &argv);
  set_up ();
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    results[i] = count_calls (groups[i]);
  report = report_new (json_path);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    if (is_wanted (groups[i]))
      run_group (report, groups[i], results[i]);
    g_free (results[i]);
  }
  return report_finish (report) ? EXIT_SUCCESS : EXIT_FAILURE;
}
