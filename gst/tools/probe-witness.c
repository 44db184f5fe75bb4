/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether memory is contiguous, by what a device makes of it. */
#include "probe-device.h"

GstHeapAnswer
probe_judge_contiguous (
    const ProbeImports *imports, const ProbeWitness *witness, GstHeapAnswer promised, gchar **ret_evidence)
{
  guint n = imports->n_tried, n_refused = imports->n_refused;
  GstHeapAnswer answer = GST_HEAP_ANSWER_UNKNOWN;

  if (n == 0) {
    *ret_evidence = g_strdup_printf ("was not tried: %s", imports->reason);
  } else if (n_refused > 0 && (n_refused < n || witness->takes_some)) {
    *ret_evidence =
        g_strdup_printf ("refuses %u of %u buffers (%s), and takes other memory", n_refused, n, imports->reason);
    answer = GST_HEAP_ANSWER_NO;
  } else if (n_refused > 0) {
    *ret_evidence = g_strdup_printf ("refuses whatever memory there is (%s)", imports->reason);
  } else if (!witness->refuses_scattered) {
    *ret_evidence = g_strdup_printf ("takes %u of %u buffers, and scattered memory just as well", n, n);
  } else if (promised == GST_HEAP_ANSWER_NO) {
    *ret_evidence = g_strdup_printf ("takes %u of %u buffers, which nobody promises of the next", n, n);
  } else {
    *ret_evidence = g_strdup_printf ("takes %u of %u buffers, and refuses scattered memory", n, n);
    answer = GST_HEAP_ANSWER_YES;
  }
  return answer;
}
