/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapNameReport: what the kernel's convention makes of a name, for people and programs. */
#include <gst/heaps/gstheapname.h>

#include "heaps/lint.h"

#include <stdlib.h>

/* Nothing of it changes. */
struct _GstHeapNameReport {
  gatomicrefcount ref_count;
  gchar *better_name;
  guint n_findings, n_errors;
  struct {
    GstHeapNameRule rule;
    gboolean is_error;
    gchar *reason;
  } findings[HEAP_NAME_MOST_FINDINGS];
};

G_DEFINE_BOXED_TYPE (GstHeapNameReport, gst_heap_name_report, gst_heap_name_report_ref, gst_heap_name_report_unref)

G_STATIC_ASSERT ((int) GST_HEAP_NAME_RULE_VALID == HEAP_NAME_VALID);
G_STATIC_ASSERT ((int) GST_HEAP_NAME_RULE_NO_IMPLEMENTATION == HEAP_NAME_NO_IMPLEMENTATION);
G_STATIC_ASSERT ((int) GST_HEAP_NAME_RULE_DOCUMENTED == HEAP_NAME_DOCUMENTED);

static gchar *
write_reason (const struct heap_name_finding *finding)
{
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream (&text, &length);
  gchar *reason;

  if (!out)
    return g_strdup (finding->reason);
  heap_name_finding_write (out, finding);
  reason = fclose (out) == 0 ? g_strdup (text) : g_strdup (finding->reason);
  free (text);
  return reason;
}

static void
add_finding (GstHeapNameReport *report, const struct heap_name_finding *finding)
{
  guint index = report->n_findings++;

  report->findings[index].rule = (GstHeapNameRule) finding->rule;
  report->findings[index].is_error = finding->is_error;
  report->findings[index].reason = write_reason (finding);
  report->n_errors += finding->is_error;
}

/**
 * gst_heap_name_check:
 * @name: any string, in whatever encoding
 * @others: (nullable) (array zero-terminated=1): the names of the platform's other heaps
 *
 * Checks a name that a heap has, or is to have, against the kernel's naming convention for heaps: Linux,
 * Documentation/userspace-api/dma-buf-heaps.rst. The name is all that is looked at; a heap of that name need not be
 * there.
 *
 * Returns: (transfer full): what it broke, and what else is to be known
 *
 * Since: 0.1
 */
GstHeapNameReport *
gst_heap_name_check (const gchar *name, const gchar *const *others)
{
  struct heap_name_finding findings[HEAP_NAME_MOST_FINDINGS];
  GstHeapNameReport *report;
  heap_better_name better;
  size_t n;

  g_return_val_if_fail (name != NULL, NULL);

  report = g_new0 (GstHeapNameReport, 1);
  g_atomic_ref_count_init (&report->ref_count);
  n = heap_name_lint (name, others, others ? g_strv_length ((gchar **) others) : 0, findings);
  for (size_t i = 0; i < n; i++)
    add_finding (report, &findings[i]);
  if (report->n_errors > 0 && heap_name_improve (name, better))
    report->better_name = g_strdup (better);
  return report;
}

/**
 * gst_heap_name_report_ref:
 * @report: a #GstHeapNameReport
 *
 * Returns: (transfer full): @report
 *
 * Since: 0.1
 */
GstHeapNameReport *
gst_heap_name_report_ref (GstHeapNameReport *report)
{
  g_return_val_if_fail (report != NULL, NULL);

  g_atomic_ref_count_inc (&report->ref_count);
  return report;
}

/**
 * gst_heap_name_report_unref:
 * @report: (transfer full): a #GstHeapNameReport
 *
 * Since: 0.1
 */
void
gst_heap_name_report_unref (GstHeapNameReport *report)
{
  g_return_if_fail (report != NULL);

  if (!g_atomic_ref_count_dec (&report->ref_count))
    return;
  for (guint i = 0; i < report->n_findings; i++)
    g_free (report->findings[i].reason);
  g_free (report->better_name);
  g_free (report);
}

/**
 * gst_heap_name_report_is_good:
 * @report: a #GstHeapNameReport
 *
 * Returns: whether the name breaks no rule
 *
 * Since: 0.1
 */
gboolean
gst_heap_name_report_is_good (GstHeapNameReport *report)
{
  g_return_val_if_fail (report != NULL, FALSE);

  return report->n_errors == 0;
}

/**
 * gst_heap_name_report_get_better_name:
 * @report: a #GstHeapNameReport
 *
 * Returns: (transfer none) (nullable): a name that breaks no rule, with "ADDRESS" where the address of the region
 *     belongs; %NULL when the name is good, or nothing better follows from it
 *
 * Since: 0.1
 */
const gchar *
gst_heap_name_report_get_better_name (GstHeapNameReport *report)
{
  g_return_val_if_fail (report != NULL, NULL);

  return report->better_name;
}

/**
 * gst_heap_name_report_get_n_findings:
 * @report: a #GstHeapNameReport
 *
 * Returns: how many findings there are, in the order of the name
 *
 * Since: 0.1
 */
guint
gst_heap_name_report_get_n_findings (GstHeapNameReport *report)
{
  g_return_val_if_fail (report != NULL, 0);

  return report->n_findings;
}

/**
 * gst_heap_name_report_get_rule:
 * @report: a #GstHeapNameReport
 * @index: which finding
 *
 * Returns: the rule that the finding is about
 *
 * Since: 0.1
 */
GstHeapNameRule
gst_heap_name_report_get_rule (GstHeapNameReport *report, guint index)
{
  g_return_val_if_fail (report != NULL && index < report->n_findings, GST_HEAP_NAME_RULE_VALID);

  return report->findings[index].rule;
}

/**
 * gst_heap_name_report_is_error:
 * @report: a #GstHeapNameReport
 * @index: which finding
 *
 * Returns: whether the rule is broken; else the finding is something to know
 *
 * Since: 0.1
 */
gboolean
gst_heap_name_report_is_error (GstHeapNameReport *report, guint index)
{
  g_return_val_if_fail (report != NULL && index < report->n_findings, FALSE);

  return report->findings[index].is_error;
}

/**
 * gst_heap_name_report_get_reason:
 * @report: a #GstHeapNameReport
 * @index: which finding
 *
 * Returns: (transfer none): what there is to say, as a clause on the name, without control characters
 *
 * Since: 0.1
 */
const gchar *
gst_heap_name_report_get_reason (GstHeapNameReport *report, guint index)
{
  g_return_val_if_fail (report != NULL && index < report->n_findings, NULL);

  return report->findings[index].reason;
}

/**
 * gst_heap_name_rule_get_text:
 * @rule: a rule
 *
 * Returns: what @rule asks for, as a sentence without its full stop
 *
 * Since: 0.1
 */
const gchar *
gst_heap_name_rule_get_text (GstHeapNameRule rule)
{
  g_return_val_if_fail (rule <= GST_HEAP_NAME_RULE_DOCUMENTED, NULL);

  return heap_name_rule_text ((enum heap_name_rule) rule);
}
