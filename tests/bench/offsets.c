/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Allocators of offsets side by side. */
#include "offsets.h"

#include <stdlib.h>

#define NONE UINT32_MAX

static void *
ours_create (uint32_t n_units)
{
  struct ranges *ranges;

  if (ranges_new (&ranges) < 0)
    return NULL;
  if (ranges_add (ranges, 0, n_units) == 0)
    return ranges;
  ranges_destroy (ranges);
  return NULL;
}

static void
ours_destroy (void *self)
{
  ranges_destroy (self);
}

static bool
ours_alloc (void *self, uint32_t size, struct range *ret_range)
{
  return ranges_alloc (self, size, 1, ret_range) == 0;
}

static void
ours_free (void *self, const struct range *range)
{
  ranges_free (self, range);
}

const struct offsets_kind offsets_ours = {
  "best loss (heaps/ranges.h)",
  "ranges.h",
  UINT32_MAX,
  ours_create,
  ours_destroy,
  ours_alloc,
  ours_free,
};

/* What the others share: ranges and holes by their offset, and holes in lists. */
struct node {
  uint32_t offset, size;
  uint32_t previous, next;           /* neighbours */
  uint32_t list_previous, list_next; /* of a hole; a spare node uses list_next alone */
  bool is_hole;
};

struct peer {
  uint32_t class_bits;    /* there are 1 << class_bits classes for each doubling */
  uint32_t used_rows;     /* which of the words below are not 0 */
  uint32_t used[32];      /* which classes of a doubling have holes */
  uint32_t lists[32][32]; /* their first holes; the list of all is the first one */
  struct node *nodes;
  uint32_t n_nodes, spare;
};

struct class {
  uint32_t row, column;
};

/* Of a hole of that size. */
static struct class class_of (const struct peer *self, uint32_t size)
{
  uint32_t n = 1u << self->class_bits, shift;

  if (size < n)
    return (struct class){ 0, size };
  shift = 31 - (uint32_t) __builtin_clz (size) - self->class_bits;
  return (struct class){ shift + 1, (size >> shift) - n };
}

static void
link_hole (struct peer *self, uint32_t index)
{
  struct node *node = &self->nodes[index];
  struct class c = class_of (self, node->size);
  uint32_t *first = &self->lists[c.row][c.column];

  node->is_hole = true;
  node->list_previous = NONE;
  node->list_next = *first;
  if (*first != NONE)
    self->nodes[*first].list_previous = index;
  *first = index;
  self->used[c.row] |= 1u << c.column;
  self->used_rows |= 1u << c.row;
}

static void
unlink_hole (struct peer *self, uint32_t index)
{
  struct node *node = &self->nodes[index];
  struct class c = class_of (self, node->size);

  node->is_hole = false;
  if (node->list_next != NONE)
    self->nodes[node->list_next].list_previous = node->list_previous;
  if (node->list_previous != NONE) {
    self->nodes[node->list_previous].list_next = node->list_next;
    return;
  }
  self->lists[c.row][c.column] = node->list_next;
  if (node->list_next != NONE)
    return;
  self->used[c.row] &= ~(1u << c.column);
  if (self->used[c.row] == 0)
    self->used_rows &= ~(1u << c.row);
}

static bool
grow (struct peer *self)
{
  uint32_t old = self->n_nodes, grown = old * 2 + 16;
  struct node *nodes = reallocarray (self->nodes, grown, sizeof *nodes);

  if (nodes == NULL)
    return false;
  for (uint32_t i = grown; i-- > old; self->spare = i)
    nodes[i].list_next = self->spare;
  self->nodes = nodes;
  self->n_nodes = grown;
  return true;
}

static void
peer_destroy (void *data)
{
  struct peer *self = data;

  free (self->nodes);
  free (self);
}

static void *
peer_create (uint32_t class_bits, uint32_t n_units)
{
  struct peer *self = calloc (1, sizeof *self);

  if (self == NULL)
    return NULL;
  self->class_bits = class_bits;
  for (uint32_t i = 0; i < 32 * 32; i++)
    self->lists[i / 32][i % 32] = NONE;
  self->spare = NONE;
  if (!grow (self)) {
    peer_destroy (self);
    return NULL;
  }
  self->spare = self->nodes[0].list_next;
  self->nodes[0] = (struct node){ 0, n_units, NONE, NONE, NONE, NONE, false };
  link_hole (self, 0);
  return self;
}

static void *
classes_create (uint32_t n_units)
{
  return peer_create (3, n_units);
}

static void *
tlsf_create (uint32_t n_units)
{
  return peer_create (5, n_units);
}

/* The first hole of the first class whose holes all have room: that of the size, rounded up to the next class. */
static uint32_t
find_by_class (const struct peer *self, uint32_t size)
{
  uint32_t bits = 31 - (uint32_t) __builtin_clz (size), rows, columns;
  struct class c;

  if (bits > self->class_bits)
    size += (1u << (bits - self->class_bits)) - 1;
  c = class_of (self, size);
  columns = self->used[c.row] & (UINT32_MAX << c.column);
  if (columns == 0) {
    rows = self->used_rows & (UINT32_MAX - 1) << c.row;
    if (rows == 0)
      return NONE;
    c.row = (uint32_t) __builtin_ctz (rows);
    columns = self->used[c.row];
  }
  return self->lists[c.row][__builtin_ctz (columns)];
}

/* The first node is always that of offset 0. */
static uint32_t
find_by_offset (const struct peer *self, uint32_t size)
{
  uint32_t index = 0;

  while (index != NONE && (!self->nodes[index].is_hole || self->nodes[index].size < size))
    index = self->nodes[index].next;
  return index;
}

/* From where the hole begins. */
static bool
take (struct peer *self, uint32_t index, uint32_t size, struct range *ret_range)
{
  struct node *node;
  uint32_t added = self->spare;

  if (index == NONE || (added == NONE && !grow (self)))
    return false;
  unlink_hole (self, index);
  node = &self->nodes[index];
  if (node->size > size) {
    added = self->spare;
    self->spare = self->nodes[added].list_next;
    self->nodes[added] = (struct node){ node->offset + size, node->size - size, index, node->next, NONE, NONE, false };
    if (node->next != NONE)
      self->nodes[node->next].previous = added;
    node->next = added;
    node->size = size;
    link_hole (self, added);
  }
  *ret_range = (struct range){ node->offset, size, index };
  return true;
}

static bool
class_alloc (void *self, uint32_t size, struct range *ret_range)
{
  return take (self, find_by_class (self, size), size, ret_range);
}

static bool
first_fit_alloc (void *self, uint32_t size, struct range *ret_range)
{
  return take (self, find_by_offset (self, size), size, ret_range);
}

/* Gives what the next node has to this one. */
static void
merge_next (struct peer *self, uint32_t index)
{
  struct node *node = &self->nodes[index];
  uint32_t next = node->next;

  node->size += self->nodes[next].size;
  node->next = self->nodes[next].next;
  if (node->next != NONE)
    self->nodes[node->next].previous = index;
  self->nodes[next].list_next = self->spare;
  self->spare = next;
}

static void
peer_free (void *data, const struct range *range)
{
  struct peer *self = data;
  uint32_t index = range->node, next = self->nodes[index].next, previous = self->nodes[index].previous;

  if (next != NONE && self->nodes[next].is_hole) {
    unlink_hole (self, next);
    merge_next (self, index);
  }
  if (previous != NONE && self->nodes[previous].is_hole) {
    unlink_hole (self, previous);
    merge_next (self, previous);
    index = previous;
  }
  link_hole (self, index);
}

const struct offsets_kind offsets_classes = {
  "8 size classes a doubling",
  "8 classes",
  UINT32_MAX,
  classes_create,
  peer_destroy,
  class_alloc,
  peer_free,
};

const struct offsets_kind offsets_tlsf = {
  "32 size classes a doubling",
  "32 classes",
  UINT32_MAX,
  tlsf_create,
  peer_destroy,
  class_alloc,
  peer_free,
};

const struct offsets_kind offsets_first_fit = {
  "first fit by offset",
  "first fit",
  1000,
  classes_create,
  peer_destroy,
  first_fit_alloc,
  peer_free,
};

const struct offsets_kind *const offsets_kinds[] = {
  &offsets_ours,
  &offsets_classes,
  &offsets_tlsf,
  &offsets_first_fit,
};
const size_t offsets_n_kinds = sizeof offsets_kinds / sizeof offsets_kinds[0];
