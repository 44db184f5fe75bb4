/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which system calls something makes: counted by the process that traces the one that does it. */
#pragma once

#include <glib.h>

/* Each is a system call of that name, or a few of them; CALL_OTHER is all the rest. */
typedef enum
{
  CALL_IOCTL,
  CALL_POLL, /* and ppoll */
  CALL_MMAP,
  CALL_MUNMAP,
  CALL_READ,
  CALL_WRITE,
  CALL_CLOSE,
  CALL_FUTEX, /* threads that wait for each other */
  CALL_OTHER,
  N_CALL_KINDS,
} CallKind;

extern const gchar *const call_names[N_CALL_KINDS];

/* What is counted by itself. */
typedef enum
{
  CALLS_SHORT,
  CALLS_LONG,
  N_CALL_SECTIONS,
} CallSection;

/* Of each kind, in each section. */
typedef struct {
  guint64 of[N_CALL_SECTIONS][N_CALL_KINDS];
} CallCounts;

/* Calls run() in a process of its own, and counts what all its threads call between calls_begin() and calls_end(),
 * which run() has to make. It has to return 0. FALSE: it did not, or this process may not trace. To be called while
 * there is one thread. */
gboolean calls_count (int (*run) (gpointer data), gpointer data, CallCounts *ret_counts);
void calls_begin (CallSection section);
void calls_end (void);
