/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A few pointers that threads put in and take out, first in, first out, without a lock. */
#include "ring.h"

#include <stddef.h>

/* How often to look at a cell that another thread is about to fill: with two instructions, unless it is interrupted. */
#define PATIENCE 500

void
ring_init (struct ring *ring)
{
  atomic_init (&ring->head, 0);
  atomic_init (&ring->tail, 0);
  for (unsigned i = 0; i < RING_SIZE; i++)
    ring->cells[i] = (struct ring_cell){ .turn = i };
}

/* How far the turn of a cell is ahead of another one; negative: behind it. */
static int
distance (const struct ring_cell *cell, unsigned turn)
{
  return (int) (atomic_load (&cell->turn) - turn);
}

bool
ring_put (struct ring *ring, void *item)
{
  unsigned position = atomic_load (&ring->tail);

  for (;;) {
    struct ring_cell *cell = &ring->cells[position % RING_SIZE];
    int ahead = distance (cell, position);

    if (ahead < 0)
      return false;
    if (ahead > 0) {
      position = atomic_load (&ring->tail);
    } else if (atomic_compare_exchange_weak (&ring->tail, &position, position + 1)) {
      cell->item = item;
      atomic_store (&cell->turn, position + 1);
      return true;
    }
  }
}

void *
ring_take (struct ring *ring)
{
  unsigned position = atomic_load (&ring->head);
  int patience = PATIENCE;

  for (;;) {
    struct ring_cell *cell = &ring->cells[position % RING_SIZE];
    int ahead = distance (cell, position + 1);

    if (ahead < 0 && (atomic_load (&ring->tail) == position || patience-- == 0))
      return NULL;
    if (ahead != 0) {
      position = atomic_load (&ring->head);
    } else if (atomic_compare_exchange_weak (&ring->head, &position, position + 1)) {
      void *item = cell->item;

      atomic_store_explicit (&cell->turn, position + RING_SIZE, memory_order_release);
      return item;
    }
  }
}

bool
ring_is_empty (const struct ring *ring)
{
  unsigned position = atomic_load (&ring->head);

  return distance (&ring->cells[position % RING_SIZE], position + 1) < 0;
}
