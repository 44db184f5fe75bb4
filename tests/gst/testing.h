/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the tests of elements share: pipelines run to their end, and a watch on the memory that goes through a pad. */
#pragma once

#include "heap-fixture.h"

#include <gst/video/video.h>

#define TEST_TIMEOUT (40 * GST_SECOND)

/* Fixtures, which register the elements: the machine of heap-fixture.h. */
void test_setup (void);
/* A machine with no heap at all but "process", without /dev/udmabuf. */
void test_setup_bare (void);

/* A test case with one of these, and an audit after each test, added to suite. */
TCase *test_case_new (Suite *suite, const gchar *name, void (*setup) (void));

/* Returns: (transfer full) */
GstElement *test_pipeline_new (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
void test_play (GstElement *pipeline);
/* Plays up to EOS; fails on an error. */
void test_play_to_eos (GstElement *pipeline);
/* Plays up to an error. Returns: (transfer full): its text */
gchar *test_play_to_error (GstElement *pipeline);
/* Plays up to EOS (TRUE) or an error (FALSE); fails when neither comes. */
gboolean test_play_to_end (GstElement *pipeline);
/* Stops and unrefs. */
void test_pipeline_free (GstElement *pipeline);
/* How many messages of that type are on the bus. */
guint test_count_messages (GstBus *bus, GstMessageType type);
/* Runs description to its end, without a look at anything. */
void test_run (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

/* A figure of the stats of the element called name in bin; name NULL: of bin itself. */
guint64 test_stat (GstElement *bin, const gchar *name, const gchar *field);
guint64 test_allocator_stat (GstElement *bin, const gchar *name, const gchar *field);

/* Whether this GStreamer knows caps with a drm-format, as it does from 1.24 on. */
gboolean test_has_drm_caps (void);

/* What went through a pad. */
typedef struct {
  gchar *heap; /* all memory has to be of this one; NULL: any */
  guint n_buffers;
  guint n_elsewhere;  /* memories that were not of the heap */
  GHashTable *inodes; /* of the memories */
  GPtrArray *digests; /* of the contents, one each buffer, as text; NULL: not wanted */
  GMutex lock;
} TestWatch;

/* Watches the pad called pad_name of the element called name. heap NULL: does not look at the memory. */
TestWatch *test_watch_new (
    GstElement *pipeline, const gchar *name, const gchar *pad_name, const gchar *heap, gboolean digest);
void test_watch_free (TestWatch *watch);
/* That buffers came, and all lay in the heap. */
void test_watch_assert_in_heap (TestWatch *watch, guint n_buffers);
void test_assert_same_digests (TestWatch *a, TestWatch *b);

/* Whether memory is a dma-buf the fake machine made for that heap; those of the process may be shared memory that
 * neither is a dma-buf nor is called one. */
gboolean test_is_of_heap (GstMemory *memory, const gchar *heap);
/* The contents of a buffer under caps: of raw video what is visible of it. */
gchar *test_digest (GstBuffer *buffer, GstCaps *caps);
