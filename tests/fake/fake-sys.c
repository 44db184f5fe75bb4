/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heaps/sys.h on the fake machine. */
#include "fake-fd.h"
#include "fake-huge.h"
#include "fake-machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAKE_LOST_DEVICE 0xfb00u
#define UDMABUF_LIMIT ((size_t) 64 << 20) /* of the kernel's module, size_limit_mb at first */

static int
result_of (int result)
{
  return result < 0 ? -errno : result;
}

/* 0, or why a heap cannot be reached by its path. */
static int
reach_heap (const char *path, const struct fake_heap **ret_heap)
{
  if (fake.directory_error != 0)
    return -fake.directory_error;
  *ret_heap = fake_find_heap (path);
  return *ret_heap != NULL ? 0 : -ENOENT;
}

static bool
has_room (const struct fake_heap *heap, size_t size)
{
  size_t usage;

  if (heap->capacity == SIZE_MAX)
    return true;
  usage = fake_fd_usage (heap->name);
  return size <= heap->capacity && usage <= heap->capacity - size;
}

int
sys_open_heap (const char *path)
{
  const struct fake_heap *heap;
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_OPEN_HEAP);
  if (r == 0)
    r = reach_heap (path, &heap);
  if (r == 0)
    r = -heap->access_error;
  if (r == 0)
    r = fake_fd_create (FAKE_NODE, path);
  fake_unlock ();
  return r;
}

int
sys_open_udmabuf (void)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_OPEN_UDMABUF);
  if (r == 0)
    r = -fake.udmabuf_error;
  if (r == 0)
    r = fake_fd_create (FAKE_UDMABUF, "");
  fake_unlock ();
  return r;
}

int
sys_dup (int fd)
{
  int r = fake_begin_call (FAKE_DUP);

  return r < 0 ? r : result_of (fcntl (fd, F_DUPFD_CLOEXEC, 0));
}

void
sys_close (int fd)
{
  bool has_pages;

  fake_lock ();
  fake_begin_call_locked (FAKE_CLOSE);
  has_pages = fake_huge_is_file (fd);
  if (close (fd) < 0)
    abort ();
  if (has_pages)
    fake_huge_collect ();
  fake_unlock ();
}

/* A heap whose node is gone still gives memory. */
static int
alloc_locked (int heap_fd, size_t size)
{
  const struct fake_heap *heap;
  char path[PATH_MAX];

  if (!fake_fd_name (heap_fd, FAKE_NODE, path, sizeof path))
    return -ENOTTY;
  if (size == 0)
    return -EINVAL;
  heap = fake_find_heap (path);
  if (heap != NULL && !has_room (heap, size))
    return -ENOMEM;
  return fake_fd_create_buffer (fake_base_name (path), size);
}

int
sys_heap_alloc (int heap_fd, size_t size)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_HEAP_ALLOC);
  if (r == 0)
    r = alloc_locked (heap_fd, size);
  fake_unlock ();
  return r;
}

int
sys_probe_heap (int fd)
{
  char path[PATH_MAX];
  int r = fake_begin_call (FAKE_PROBE_HEAP);

  if (r < 0)
    return r;
  return fake_fd_name (fd, FAKE_NODE, path, sizeof path) ? 0 : -ENOTTY;
}

int
sys_memfd_create (const char *name)
{
  int r = fake_begin_call (FAKE_MEMFD_CREATE);

  return r < 0 ? r : fake_fd_create (FAKE_MEMFD, name);
}

int
sys_ftruncate (int fd, size_t size)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_FTRUNCATE);
  if (r == 0 && fake_huge_is_file (fd))
    r = fake_huge_resize (fd, size);
  if (r == 0)
    r = result_of (ftruncate (fd, (off_t) size));
  fake_unlock ();
  return r;
}

static int
create_huge_locked (const char *name, size_t page_size)
{
  int fd = fake_fd_create (FAKE_HUGE, name), r;

  if (fd < 0)
    return fd;
  r = fake_huge_add_file (fd, page_size);
  if (r < 0) {
    close (fd);
    return r;
  }
  return fd;
}

int
sys_memfd_create_huge (const char *name, size_t page_size)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_MEMFD_CREATE_HUGE);
  if (r == 0)
    r = create_huge_locked (name, page_size);
  fake_unlock ();
  return r;
}

int
sys_seal_size (int memfd)
{
  int r = fake_begin_call (FAKE_SEAL_SIZE);

  return r < 0 ? r : result_of (fcntl (memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
}

/* Of huge pages alone, as nobody needs it of others. */
int
sys_fallocate (int memfd, size_t offset, size_t size)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_FALLOCATE);
  if (r == 0)
    r = fake_huge_is_file (memfd) ? fake_huge_fallocate (memfd, offset, size) : -EOPNOTSUPP;
  fake_unlock ();
  return r;
}

int
sys_punch_hole (int memfd, size_t offset, size_t size)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_PUNCH_HOLE);
  if (r == 0)
    r = fake_huge_is_file (memfd) ? fake_huge_punch_hole (memfd, offset, size) : -EOPNOTSUPP;
  fake_unlock ();
  return r;
}

/* What the real udmabuf insists on. */
static int
check_udmabuf (int udmabuf_fd, int memfd, size_t offset, size_t size)
{
  char name[PATH_MAX];
  struct stat status;
  int seals = fcntl (memfd, F_GET_SEALS);

  if (!fake_fd_name (udmabuf_fd, FAKE_UDMABUF, name, sizeof name))
    return -ENOTTY;
  if (seals < 0 || fstat (memfd, &status) < 0)
    return -EBADFD;
  if (!(seals & F_SEAL_SHRINK) || (seals & F_SEAL_WRITE) || size == 0 || size > UDMABUF_LIMIT)
    return -EINVAL;
  if (size % sys_page_size () != 0 || offset % sys_page_size () != 0)
    return -EINVAL;
  return offset <= (size_t) status.st_size && size <= (size_t) status.st_size - offset ? 0 : -EINVAL;
}

static int
create_udmabuf_locked (int memfd, size_t offset, size_t size)
{
  int fd = fake_fd_create_buffer ("udmabuf", size), r;

  if (fd < 0 || !fake_huge_is_file (memfd))
    return fd;
  r = fake_huge_pin (memfd, offset, size, fd);
  if (r < 0) {
    close (fd);
    return r;
  }
  return fd;
}

int
sys_udmabuf_create (int udmabuf_fd, int memfd, size_t offset, size_t size)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_UDMABUF_CREATE);
  if (r == 0)
    r = check_udmabuf (udmabuf_fd, memfd, offset, size);
  if (r == 0)
    r = create_udmabuf_locked (memfd, offset, size);
  fake_unlock ();
  return r;
}

static void
note_sync (uint64_t flags)
{
  fake_lock ();
  fake.last_sync_flags = flags;
  if (flags & DMA_BUF_SYNC_END)
    fake.sync_ends++;
  else
    fake.sync_starts++;
  fake_unlock ();
}

int
sys_dmabuf_sync (int fd, uint64_t flags)
{
  char name[PATH_MAX];
  int r = fake_begin_call (FAKE_DMABUF_SYNC);

  if (r < 0)
    return r;
  if (!fake_heap_of (fd, name, sizeof name))
    return -ENOTTY;
  if ((flags & ~(uint64_t) DMA_BUF_SYNC_VALID_FLAGS_MASK) != 0 || (flags & DMA_BUF_SYNC_RW) == 0)
    return -EINVAL;
  note_sync (flags);
  return 0;
}

/* Whether the next poll of it finds a device that uses it. */
static bool
is_busy (ino_t inode)
{
  bool busy;

  fake_lock ();
  busy = fake.busy_inode == inode && fake.n_busy_polls > 0;
  if (busy && fake.n_busy_polls != UINT_MAX)
    fake.n_busy_polls--;
  fake_unlock ();
  return busy;
}

int
sys_dmabuf_poll (int fd, int timeout)
{
  char name[PATH_MAX];
  struct stat status;
  int r = fake_begin_call (FAKE_DMABUF_POLL);

  if (r < 0)
    return r;
  if (!fake_heap_of (fd, name, sizeof name) || fstat (fd, &status) < 0)
    return -EINVAL;
  if (!is_busy (status.st_ino))
    return 1;
  usleep (timeout > 0 ? 1000 : 0);
  return 0;
}

int
sys_dmabuf_set_name (int fd, const char *name)
{
  char heap_name[PATH_MAX];
  int r = fake_begin_call (FAKE_DMABUF_SET_NAME);

  if (r < 0)
    return r;
  if (!fake_heap_of (fd, heap_name, sizeof heap_name))
    return -ENOTTY;
  if (strlen (name) >= DMA_BUF_NAME_LEN)
    return -EINVAL;
  fake_lock ();
  strcpy (fake.last_name, name);
  fake_unlock ();
  return 0;
}

int
sys_dmabuf_exporter (int fd, char *ret_name, size_t size)
{
  char name[PATH_MAX];
  int r = fake_begin_call (FAKE_DMABUF_EXPORTER);

  if (r < 0)
    return r;
  if (!fake_heap_of (fd, name, sizeof name))
    return -ENOENT;
  if (strlen (name) >= size)
    return -ENAMETOOLONG;
  strcpy (ret_name, name);
  return 0;
}

int
sys_dmabuf_references (int fd, unsigned *ret_count)
{
  char name[PATH_MAX];
  struct stat status;
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_DMABUF_REFERENCES);
  if (r == 0 && (!fake_heap_of (fd, name, sizeof name) || fstat (fd, &status) < 0))
    r = -ENOENT;
  if (r == 0)
    *ret_count = fake_fd_count (status.st_ino) + fake_huge_count_mappings (fd) + fake.n_others;
  fake_unlock ();
  return r;
}

int
sys_fd_size (int fd, size_t *ret_size)
{
  int r = fake_begin_call (FAKE_FD_SIZE);
  off_t size;

  if (r < 0)
    return r;
  size = lseek (fd, 0, SEEK_END);
  if (size < 0)
    return -errno;
  *ret_size = (size_t) size;
  return 0;
}

int
sys_fd_inode (int fd, uint64_t *ret_inode)
{
  int r = fake_begin_call (FAKE_FD_INODE);
  struct stat status;

  if (r < 0)
    return r;
  if (fstat (fd, &status) < 0)
    return -errno;
  *ret_inode = status.st_ino;
  return 0;
}

int
sys_fd_identity (int fd, struct sys_identity *ret_identity)
{
  int r = fake_begin_call (FAKE_FD_IDENTITY);
  struct stat status;

  if (r < 0)
    return r;
  if (fstat (fd, &status) < 0)
    return -errno;
  *ret_identity = (struct sys_identity){ .device = status.st_dev, .inode = status.st_ino };
  return 0;
}

/* Of what is no fake. */
static int
read_link (int fd, char *ret_path, size_t size)
{
  char link[64];
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, ret_path, size);
  if (length < 0)
    return -errno;
  if ((size_t) length == size)
    return -ENAMETOOLONG;
  ret_path[length] = '\0';
  return 0;
}

/* Of an open node, the path it was opened by. */
int
sys_fd_path (int fd, char *ret_path, size_t size)
{
  char path[PATH_MAX];
  int r = fake_begin_call (FAKE_FD_PATH);

  if (r < 0)
    return r;
  if (!fake_fd_name (fd, FAKE_NODE, path, sizeof path))
    return read_link (fd, ret_path, size);
  if (strlen (path) >= size)
    return -ENAMETOOLONG;
  strcpy (ret_path, path);
  return 0;
}

int
sys_mmap (int fd, size_t size, void **ret_data)
{
  int r = fake_begin_call (FAKE_MMAP);
  void *data;

  if (r < 0)
    return r;
  data = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED)
    return -errno;
  fake_lock ();
  fake.mappings++;
  fake_huge_note_mapping (fd, data, size);
  fake_unlock ();
  *ret_data = data;
  return 0;
}

void
sys_munmap (void *data, size_t size)
{
  fake_lock ();
  fake_begin_call_locked (FAKE_MUNMAP);
  if (munmap (data, size) < 0)
    abort ();
  fake.mappings--;
  fake_huge_forget_mapping (data);
  fake_unlock ();
}

int
sys_dont_fork (void *data, size_t size)
{
  int r = fake_begin_call (FAKE_DONT_FORK);

  return r < 0 ? r : result_of (madvise (data, size, MADV_DONTFORK));
}

int
sys_page_frame (const void *address, uint64_t *ret_frame)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_PAGE_FRAME);
  if (r == 0)
    r = fake_huge_page_frame (address, ret_frame);
  fake_unlock ();
  return r;
}

int
sys_stat_node (const char *path, struct sys_node *ret_node)
{
  const struct fake_heap *heap;
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_STAT_NODE);
  if (r == 0)
    r = reach_heap (path, &heap);
  if (r == 0)
    *ret_node = heap->node;
  fake_unlock ();
  return r;
}

static int
stat_real (int fd, struct sys_node *ret_node)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return -errno;
  *ret_node = (struct sys_node){ status.st_uid, status.st_gid, status.st_mode, status.st_rdev };
  return 0;
}

/* A node that is gone from the directory, or was made elsewhere, is a device of its own. */
int
sys_stat_fd (int fd, struct sys_node *ret_node)
{
  const struct fake_heap *heap;
  char path[PATH_MAX];
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_STAT_FD);
  if (r == 0 && fake_fd_name (fd, FAKE_NODE, path, sizeof path)) {
    heap = fake_find_heap (path);
    *ret_node = heap != NULL ? heap->node : (struct sys_node){ 0, 0, S_IFCHR | 0600, FAKE_LOST_DEVICE };
  } else if (r == 0) {
    r = stat_real (fd, ret_node);
  }
  fake_unlock ();
  return r;
}

int
sys_may_read (const char *path)
{
  const struct fake_heap *heap;
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_MAY_READ);
  if (r == 0 && fake_is_file_path (path)) {
    r = fake_has_path (path) ? 0 : -ENOENT;
  } else if (r == 0) {
    r = reach_heap (path, &heap);
    if (r == 0)
      r = -heap->access_error;
  }
  fake_unlock ();
  return r;
}

int
sys_read_file (const char *path, char *ret_text, size_t size)
{
  const char *text;
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_READ_FILE);
  if (strncmp (path, FAKE_HUGE_DIRECTORY, strlen (FAKE_HUGE_DIRECTORY)) == 0)
    fake_huge_collect ();
  text = fake_find_text (path);
  if (r == 0 && text == NULL)
    r = -ENOENT;
  if (r == 0 && strlen (text) >= size)
    r = -EFBIG;
  if (r == 0)
    strcpy (ret_text, text);
  fake_unlock ();
  return r;
}

/* The index-th name in the directory. False after the last. */
static bool
copy_name (const char *path, size_t index, char ret_name[PATH_MAX])
{
  bool found;

  fake_lock ();
  if (fake_is_file_path (path)) {
    found = fake_find_entry (path, index, ret_name, PATH_MAX);
  } else {
    found = index < fake.n_heaps;
    if (found)
      strcpy (ret_name, fake.heaps[index].name);
  }
  fake_unlock ();
  return found;
}

static int
check_directory (const char *path)
{
  if (fake_is_file_path (path))
    return fake_has_path (path) ? 0 : -ENOENT;
  return -fake.directory_error;
}

int
sys_list_directory (const char *path, int (*each) (const char *name, void *data), void *data)
{
  char name[PATH_MAX];
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_LIST_DIRECTORY);
  if (r == 0)
    r = check_directory (path);
  fake_unlock ();
  /* Without the lock: each makes calls of its own. */
  for (size_t i = 0; r == 0 && copy_name (path, i, name); i++)
    r = each (name, data);
  return r;
}

int
sys_open_pressure (const char *trigger)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_OPEN_PRESSURE);
  if (r == 0)
    r = -fake.pressure_error;
  if (r == 0)
    r = fake_fd_create (FAKE_PRESSURE, trigger);
  fake_unlock ();
  return r;
}

int
sys_pressure_poll (int fd)
{
  char trigger[PATH_MAX];
  int r;

  fake_lock ();
  r = fake_begin_call_locked (FAKE_PRESSURE_POLL);
  if (r == 0 && !fake_fd_name (fd, FAKE_PRESSURE, trigger, sizeof trigger))
    r = -ENODEV;
  if (r == 0) {
    r = fake.is_pressed;
    fake.is_pressed = false;
  }
  fake_unlock ();
  return r;
}

size_t
sys_page_size (void)
{
  return (size_t) sysconf (_SC_PAGESIZE);
}
