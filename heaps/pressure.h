/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether the machine is short of memory, by what the kernel says of pressure (PSI, since Linux 5.2). */
#pragma once

#include <stdbool.h>

/* Who wants to know. All zero: it does not watch. Not for several threads at a time; any number of watches may be used
 * by any threads, and have one fd between them. */
struct pressure_watch {
  bool is_on;
  unsigned seen;
};

/* From now on there is something to be told. 0, or -errno where the kernel does not tell, or not this process: an
 * unprivileged one is told from Linux 6.4 on. The watch does not watch then, and may be used all the same. */
int pressure_watch_begin (struct pressure_watch *watch);
/* Whether somebody has waited for memory for 150 ms of any 2 s since the watch began, or since this was asked last.
 * One system call, which does not wait. */
bool pressure_watch_check (struct pressure_watch *watch);
/* The last one closes the fd, which takes the kernel 10 to 20 ms. */
void pressure_watch_end (struct pressure_watch *watch);
