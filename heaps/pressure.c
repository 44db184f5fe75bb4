/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether the machine is short of memory, by what the kernel says of pressure. */
#include "pressure.h"

#include "sys.h"

#include <pthread.h>

/* The shortest window that an unprivileged process may ask for: Documentation/accounting/psi.rst of the kernel. */
#define TRIGGER "some 150000 2000000"

/* The kernel tells of each event once: who hears of it counts it for the others. */
static struct {
  pthread_mutex_t lock; /* protects what follows */
  int fd;               /* -1 without watches */
  unsigned n_watches;
  unsigned events;
} pressure = { .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1 };

int
pressure_watch_begin (struct pressure_watch *watch)
{
  int r = 0;

  pthread_mutex_lock (&pressure.lock);
  if (pressure.n_watches == 0)
    r = pressure.fd = sys_open_pressure (TRIGGER);
  if (r >= 0) {
    pressure.n_watches++;
    *watch = (struct pressure_watch){ .is_on = true, .seen = pressure.events };
  }
  pthread_mutex_unlock (&pressure.lock);
  return r < 0 ? r : 0;
}

bool
pressure_watch_check (struct pressure_watch *watch)
{
  bool is_short;

  if (!watch->is_on)
    return false;
  pthread_mutex_lock (&pressure.lock);
  if (sys_pressure_poll (pressure.fd) > 0)
    pressure.events++;
  is_short = watch->seen != pressure.events;
  watch->seen = pressure.events;
  pthread_mutex_unlock (&pressure.lock);
  return is_short;
}

void
pressure_watch_end (struct pressure_watch *watch)
{
  int fd = -1;

  if (!watch->is_on)
    return;
  watch->is_on = false;
  pthread_mutex_lock (&pressure.lock);
  if (--pressure.n_watches == 0)
    fd = pressure.fd;
  pthread_mutex_unlock (&pressure.lock);
  if (fd >= 0)
    sys_close (fd);
}
