/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A V4L2 device as a witness: one without an IOMMU takes a dma-buf only if it is physically contiguous. */
#pragma once

#include <gst/heaps/heaps.h>

typedef struct _ProbeDevice ProbeDevice;

/* What became of buffers of a heap. */
typedef struct {
  guint n_tried, n_refused;
  gchar *reason; /* of the last refusal, or why none could be tried; NULL: neither */
} ProbeImports;

/* Opens the device, which nobody may be streaming with, and leaves its format as it is. It then takes or refuses
 * memory of heaps, a list of GstHeap, to be compared with. */
ProbeDevice *probe_device_new (const gchar *path, GList *heaps, GError **error);
void probe_device_free (ProbeDevice *device);
const gchar *probe_device_get_path (ProbeDevice *device);

/* Imports a few buffers of the heap, and gives them back. */
void probe_device_import (ProbeDevice *device, GstHeap *heap, ProbeImports *ret_imports);
void probe_imports_clear (ProbeImports *imports);

/* What the device was seen to do. */
typedef struct {
  gboolean takes_some;        /* it has taken memory of some heap */
  gboolean refuses_scattered; /* it has refused memory that was made to be scattered */
} ProbeWitness;

const ProbeWitness *probe_device_get_witness (ProbeDevice *device);

/* Whether memory is contiguous, by that. promised: what is known of the heap. *ret_evidence: what the device did, in
 * words that go behind its name. A pure function. */
GstHeapAnswer probe_judge_contiguous (
    const ProbeImports *imports, const ProbeWitness *witness, GstHeapAnswer promised, gchar **ret_evidence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProbeDevice, probe_device_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ProbeImports, probe_imports_clear)
