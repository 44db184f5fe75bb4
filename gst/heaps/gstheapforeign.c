/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of dma-bufs that somebody else allocated: one for each dma-buf. */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapmemory.h>

#include "gstheaperror-private.h"

#include <gst/allocators/gstdmabuf.h>

#include "heaps/catalog.h"
#include "heaps/sys.h"

#include <errno.h>

/* Subtleties:
 * - The table has no references. Memory leaves it when it is disposed of, with the lock: so what is in the table can be
 *   looked at with the lock, even when its last reference is gone.
 * - What has lost its last reference does not come back: who finds it makes another, which takes its place in the
 *   table.
 * - What is in the table has its fd open, so that its inode is of no other dma-buf. An inode of another file system may
 *   be the same number: only dma-bufs are looked up. */
typedef struct {
  guint64 inode; /* the key in the table */
  GstMemory *memory;
} Foreign;

static GMutex lock;
static GHashTable *table; /* of Foreign, by inode; protected by lock; NULL: nothing was ever in it */

static GQuark
foreign_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-foreign");
  return quark;
}

static Foreign *
foreign_of (GstMemory *memory)
{
  return gst_mini_object_get_qdata (GST_MINI_OBJECT (memory), foreign_quark ());
}

static GstAllocator *
foreign_allocator (void)
{
  static gsize once = 0;
  static GstAllocator *allocator;

  if (g_once_init_enter (&once)) {
    allocator = gst_dmabuf_allocator_new ();
    GST_OBJECT_FLAG_SET (allocator, GST_OBJECT_FLAG_MAY_BE_LEAKED);
    g_once_init_leave (&once, 1);
  }
  return allocator;
}

static gboolean
ref_unless_dead (GstMemory *memory)
{
  gint *count = &GST_MINI_OBJECT (memory)->refcount;
  gint seen = g_atomic_int_get (count);

  while (seen > 0 && !g_atomic_int_compare_and_exchange (count, seen, seen + 1))
    seen = g_atomic_int_get (count);
  return seen > 0;
}

/* With the lock. */
static GstMemory *
find_locked (guint64 inode)
{
  Foreign *foreign = table ? g_hash_table_lookup (table, &inode) : NULL;

  return foreign && ref_unless_dead (foreign->memory) ? foreign->memory : NULL;
}

static GstMemory *
find (guint64 inode)
{
  GstMemory *memory;

  g_mutex_lock (&lock);
  memory = find_locked (inode);
  g_mutex_unlock (&lock);
  return memory;
}

/* Takes memory. Returns: that, or what another thread has made of the same dma-buf in the meantime */
static GstMemory *
publish (GstMemory *memory)
{
  Foreign *foreign = foreign_of (memory);
  GstMemory *other;

  g_mutex_lock (&lock);
  other = find_locked (foreign->inode);
  if (!other) {
    if (!table)
      table = g_hash_table_new (g_int64_hash, g_int64_equal);
    g_hash_table_replace (table, &foreign->inode, foreign);
  }
  g_mutex_unlock (&lock);

  if (!other)
    return memory;
  gst_memory_unref (memory);
  return other;
}

static gboolean
foreign_dispose (GstMiniObject *object)
{
  Foreign *foreign = foreign_of (GST_MEMORY_CAST (object));

  g_mutex_lock (&lock);
  if (table && g_hash_table_lookup (table, &foreign->inode) == foreign)
    g_hash_table_remove (table, &foreign->inode);
  g_mutex_unlock (&lock);
  return TRUE;
}

static int
identify (int fd, guint64 *ret_inode)
{
  char exporter[HEAP_NAME_SIZE];
  uint64_t inode;
  int result = sys_fd_inode (fd, &inode);

  if (result < 0)
    return result;
  result = sys_dmabuf_exporter (fd, exporter, sizeof exporter);
  if (result < 0 && result != -ENAMETOOLONG)
    return result;
  *ret_inode = inode;
  return 0;
}

/* Returns: memory with an fd of its own; in *ret_result -errno when it is NULL */
static GstMemory *
new_memory (int fd, guint64 inode, int *ret_result)
{
  GstMemory *memory;
  Foreign *foreign;
  size_t size;
  int own_fd = sys_dup (fd);

  *ret_result = own_fd < 0 ? own_fd : sys_fd_size (own_fd, &size);
  if (*ret_result == 0 && size == 0)
    *ret_result = -EINVAL;
  if (*ret_result < 0)
    goto close_fd;

  memory = gst_dmabuf_allocator_alloc_with_flags (foreign_allocator (), own_fd, size, GST_FD_MEMORY_FLAG_KEEP_MAPPED);
  if (!memory) {
    *ret_result = -ENOTSUP;
    goto close_fd;
  }
  foreign = g_new (Foreign, 1);
  *foreign = (Foreign){ .inode = inode, .memory = memory };
  gst_mini_object_set_qdata (GST_MINI_OBJECT (memory), foreign_quark (), foreign, g_free);
  GST_MINI_OBJECT (memory)->dispose = foreign_dispose;
  return memory;

close_fd:
  if (own_fd >= 0)
    sys_close (own_fd);
  return NULL;
}

static void
set_error (GError **error, int fd, int code)
{
  gboolean is_no_dmabuf = code == ENOENT || code == EBADF || code == ESPIPE;

  g_set_error (error, GST_HEAP_ERROR, is_no_dmabuf ? GST_HEAP_ERROR_INVALID : gst_heap_error_code_from_errno (code),
      "file descriptor %d cannot be wrapped as a dma-buf: %s", fd,
      code == ENOENT   ? "it is none, by /proc/self/fdinfo"
      : code == EINVAL ? "it has no size"
                       : g_strerror (code));
}

/**
 * gst_heap_memory_wrap_fd:
 * @fd: a dma-buf, whoever exported it; it stays the caller's, who may close it at once
 * @error: #GST_HEAP_ERROR_INVALID when @fd is not open or no dma-buf, #GST_HEAP_ERROR_NO_FDS
 *
 * For dma-bufs from another process, a driver or another library. What gst_dmabuf_allocator_alloc() makes of such an fd
 * is another #GstMemory each time, as large as the caller says. This one has the dma-buf's own size, and the same
 * dma-buf comes back as the same #GstMemory for as long as somebody has a reference of that, whatever the number of the
 * fd: so importers, which remember by the address of a memory what they made of it, import it once. It is told by its
 * inode, and memory of an allocator of this library that is wrapped again counts as foreign.
 *
 * The memory has an fd of its own and a mapping that stays once it was mapped. As there is one for all, who wants a
 * part of it to show takes that by gst_memory_share() rather than gst_memory_resize(); and GStreamer has it read-only,
 * as any memory, while it is in more than one buffer. gst_heap_memory_get_heap() gives %NULL for it,
 * gst_heap_selection_accepts_memory() goes by its exporter. Any thread may call this.
 *
 * Returns: (transfer full) (nullable): all of the dma-buf as memory, which passes gst_is_dmabuf_memory()
 *
 * Since: 0.1
 */
GstMemory *
gst_heap_memory_wrap_fd (gint fd, GError **error)
{
  GstMemory *memory = NULL;
  guint64 inode;
  int result = identify (fd, &inode);

  if (result == 0)
    memory = find (inode);
  if (result == 0 && !memory) {
    memory = new_memory (fd, inode, &result);
    if (memory)
      memory = publish (memory);
  }
  if (!memory)
    set_error (error, fd, -result);
  return memory;
}
