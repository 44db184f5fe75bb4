/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Names of heaps, and the kernel's convention for them. */
#pragma once

#include <gst/gst.h>
#include <gst/heaps/heaps-prelude.h>

G_BEGIN_DECLS

/**
 * GstHeapNameRule:
 * @GST_HEAP_NAME_RULE_VALID: it can be the name of a node at all
 * @GST_HEAP_NAME_RULE_WELL_FORMED: it is lower case, and its address as in a device tree
 * @GST_HEAP_NAME_RULE_STABLE: it never changes from one version to the next
 * @GST_HEAP_NAME_RULE_DESCRIBES_REGION: it describes the region the heap allocates from
 * @GST_HEAP_NAME_RULE_UNIQUE: it is unique on the platform
 * @GST_HEAP_NAME_RULE_NO_IMPLEMENTATION: it says nothing of the implementation: the allocator, a driver, a vendor
 * @GST_HEAP_NAME_RULE_TELLS_PROPERTIES: it tells "contiguous" and "protected" where they are true
 * @GST_HEAP_NAME_RULE_DOCUMENTED: the kernel's own names are accepted, whatever they break
 *
 * What the kernel asks of the name of a heap: Linux, Documentation/userspace-api/dma-buf-heaps.rst.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_HEAP_NAME_RULE_VALID,
  GST_HEAP_NAME_RULE_WELL_FORMED,
  GST_HEAP_NAME_RULE_STABLE,
  GST_HEAP_NAME_RULE_DESCRIBES_REGION,
  GST_HEAP_NAME_RULE_UNIQUE,
  GST_HEAP_NAME_RULE_NO_IMPLEMENTATION,
  GST_HEAP_NAME_RULE_TELLS_PROPERTIES,
  GST_HEAP_NAME_RULE_DOCUMENTED,
} GstHeapNameRule;

typedef struct _GstHeapNameReport GstHeapNameReport;

#define GST_TYPE_HEAP_NAME_REPORT (gst_heap_name_report_get_type ())
GST_HEAPS_API
GType gst_heap_name_report_get_type (void);

GST_HEAPS_API
GstHeapNameReport *gst_heap_name_check (const gchar *name, const gchar *const *others);
GST_HEAPS_API
GstHeapNameReport *gst_heap_name_report_ref (GstHeapNameReport *report);
GST_HEAPS_API
void gst_heap_name_report_unref (GstHeapNameReport *report);

GST_HEAPS_API
gboolean gst_heap_name_report_is_good (GstHeapNameReport *report);
GST_HEAPS_API
const gchar *gst_heap_name_report_get_better_name (GstHeapNameReport *report);
GST_HEAPS_API
guint gst_heap_name_report_get_n_findings (GstHeapNameReport *report);
GST_HEAPS_API
GstHeapNameRule gst_heap_name_report_get_rule (GstHeapNameReport *report, guint index);
GST_HEAPS_API
gboolean gst_heap_name_report_is_error (GstHeapNameReport *report, guint index);
GST_HEAPS_API
const gchar *gst_heap_name_report_get_reason (GstHeapNameReport *report, guint index);

GST_HEAPS_API
const gchar *gst_heap_name_rule_get_text (GstHeapNameRule rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstHeapNameReport, gst_heap_name_report_unref)

G_END_DECLS
