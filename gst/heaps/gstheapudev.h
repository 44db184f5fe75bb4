/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who may open heaps: rules for udev. */
#pragma once

#include <gst/gst.h>
#include <gst/heaps/heaps-prelude.h>

G_BEGIN_DECLS

/**
 * GST_HEAP_UDEV_RULES_PATH:
 *
 * Where what gst_heap_make_udev_rules() gives belongs on a machine: `/etc/udev/rules.d/70-gst-heaps.rules`.
 *
 * Since: 0.1
 */
#define GST_HEAP_UDEV_RULES_PATH "/etc/udev/rules.d/70-gst-heaps.rules"

GST_HEAPS_API
gchar *gst_heap_make_udev_rules (const gchar *const *names, const gchar *group, GError **error);

G_END_DECLS
