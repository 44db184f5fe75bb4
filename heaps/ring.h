/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A few pointers that threads put in and take out, first in, first out, without a lock, a system call or an allocation.
 * Any number of threads at a time, of any priority: none ever waits for another one. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#define RING_SIZE 64  /* a power of two */
#define RING_APART 64 /* bytes: processors that write so far from each other do not slow each other down */

struct ring_cell {
  atomic_uint turn;
  void *item;
};

/* Subtleties, after Dmitry Vyukov's bounded queue (https://www.1024cores.net/home/lock-free-algorithms/queues):
 * - Positions count up from 0, wrap around, and stand for the cell of that number modulo RING_SIZE.
 * - A cell's turn is the position it can be filled for; one more once it is filled; RING_SIZE more once it is empty.
 *   So a position that was read long ago fits no cell any more, and no cell is ever taken twice.
 * - Who moves head or tail on owns the cell until it writes the turn. The others go on to the next cell to fill; but
 *   what is behind a cell that is being filled cannot be taken yet. */
struct ring {
  char before[RING_APART];
  atomic_uint head; /* the position that is taken next */
  char between[RING_APART];
  atomic_uint tail; /* the position that is filled next */
  char behind[RING_APART];
  struct ring_cell cells[RING_SIZE];
};

/* Nobody else uses it yet. */
void ring_init (struct ring *ring);
/* false: there is no room, or the cell that is next is in the hands of another thread. Sequentially consistent, as is
 * ring_is_empty(): of two threads that each write, here or elsewhere, and then look what the other wrote, one sees it.
 */
bool ring_put (struct ring *ring, void *item);
/* NULL: it is empty, or what is next is still in the hands of another thread, which was given time. */
void *ring_take (struct ring *ring);
/* Whether ring_take() would return NULL. Wrong only of what is put or taken meanwhile. */
bool ring_is_empty (const struct ring *ring);
