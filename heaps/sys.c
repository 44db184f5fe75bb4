/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The system calls themselves: each function here is one, or what it takes to read one answer. */
#include "sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/memfd.h>
#include <linux/udmabuf.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROC_FD_PATH_SIZE 64 /* enough for /proc/self/fdinfo/FD */
#define FDINFO_SIZE 4096     /* much more than the kernel says of a dma-buf */
#define NUMBER_SIZE 32
/* An entry of /proc/PID/pagemap: Documentation/admin-guide/mm/pagemap.rst of the kernel. */
#define PAGEMAP_PRESENT (UINT64_C (1) << 63)
#define PAGEMAP_FRAME ((UINT64_C (1) << 55) - 1)

static int
result_of (int result)
{
  return result < 0 ? -errno : result;
}

int
sys_open_heap (const char *path)
{
  return result_of (open (path, O_RDONLY | O_CLOEXEC));
}

int
sys_open_udmabuf (void)
{
  return result_of (open ("/dev/udmabuf", O_RDWR | O_CLOEXEC));
}

int
sys_dup (int fd)
{
  return result_of (fcntl (fd, F_DUPFD_CLOEXEC, 0));
}

void
sys_close (int fd)
{
  close (fd);
}

int
sys_heap_alloc (int heap_fd, size_t size)
{
  /* O_RDWR: without it a writable mapping is refused. */
  struct dma_heap_allocation_data data = { .len = size, .fd_flags = O_RDWR | O_CLOEXEC };

  if (ioctl (heap_fd, DMA_HEAP_IOCTL_ALLOC, &data) < 0)
    return -errno;
  return (int) data.fd;
}

int
sys_probe_heap (int fd)
{
  /* A heap refuses an fd that is there already before it looks at the rest: drivers/dma-buf/dma-heap.c, Linux 5.6 to
   * 7.3. */
  struct dma_heap_allocation_data data = { .fd = 1 };

  if (ioctl (fd, DMA_HEAP_IOCTL_ALLOC, &data) == 0)
    return -ENOTTY;
  if (errno == EINVAL)
    return 0;
  return errno == EBADF || errno == EPERM || errno == EACCES ? -errno : -ENOTTY;
}

int
sys_memfd_create (const char *name)
{
  return result_of (memfd_create (name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

int
sys_ftruncate (int fd, size_t size)
{
  return result_of (ftruncate (fd, (off_t) size));
}

int
sys_memfd_create_huge (const char *name, size_t page_size)
{
  unsigned shift = (unsigned) __builtin_ctzll (page_size);

  return result_of (memfd_create (name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB | shift << MFD_HUGE_SHIFT));
}

int
sys_seal_size (int memfd)
{
  return result_of (fcntl (memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
}

int
sys_fallocate (int memfd, size_t offset, size_t size)
{
  return result_of (fallocate (memfd, 0, (off_t) offset, (off_t) size));
}

int
sys_punch_hole (int memfd, size_t offset, size_t size)
{
  return result_of (fallocate (memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) offset, (off_t) size));
}

int
sys_udmabuf_create (int udmabuf_fd, int memfd, size_t offset, size_t size)
{
  struct udmabuf_create create = {
    .memfd = (uint32_t) memfd,
    .flags = UDMABUF_FLAGS_CLOEXEC,
    .offset = offset,
    .size = size,
  };

  return result_of (ioctl (udmabuf_fd, UDMABUF_CREATE, &create));
}

int
sys_dmabuf_sync (int fd, uint64_t flags)
{
  struct dma_buf_sync sync = { .flags = flags };

  return result_of (ioctl (fd, DMA_BUF_IOCTL_SYNC, &sync));
}

int
sys_dmabuf_poll (int fd, int timeout)
{
  /* For writing: that waits for readers and writers, where reading would wait for writers alone. */
  struct pollfd wanted = { .fd = fd, .events = POLLOUT };

  return result_of (poll (&wanted, 1, timeout));
}

int
sys_dmabuf_set_name (int fd, const char *name)
{
  return result_of (ioctl (fd, DMA_BUF_SET_NAME, name));
}

/* Copies length bytes of text, all or none. */
static int
copy_text (const char *text, size_t length, char *ret_text, size_t size)
{
  if (length >= size)
    return -ENAMETOOLONG;
  memcpy (ret_text, text, length);
  ret_text[length] = '\0';
  return 0;
}

/* As much of a small file as fits in size bytes, without a NUL. Its length, or -errno. */
static ssize_t
read_start (const char *path, char *ret_text, size_t size)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  size_t length = 0;
  ssize_t n;

  if (fd < 0)
    return -errno;
  while ((n = read (fd, ret_text + length, size - length)) > 0)
    length += (size_t) n;
  n = n < 0 ? -errno : 0;
  close (fd);
  return n < 0 ? n : (ssize_t) length;
}

/* What /proc/self/fdinfo says of fd behind key. -ENOENT when it says nothing of it. Allocates nothing, and reads once:
 * such a file is one record, of which a read gives as much as fits. */
static int
read_fdinfo (int fd, const char *key, char *ret_text, size_t size)
{
  char path[PROC_FD_PATH_SIZE], info[FDINFO_SIZE];
  const char *line, *text;
  ssize_t length;
  int file;

  snprintf (path, sizeof path, "/proc/self/fdinfo/%d", fd);
  file = open (path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return -errno;
  length = read (file, info, sizeof info - 1);
  if (length < 0)
    length = -errno;
  close (file);
  if (length < 0)
    return (int) length;
  info[length] = '\0';
  /* Stops at the first: a line further down is text of whoever named the buffer. */
  for (line = info; strncmp (line, key, strlen (key)) != 0; line++) {
    line = strchr (line, '\n');
    if (line == NULL)
      return -ENOENT;
  }
  text = line + strlen (key);
  return copy_text (text, strcspn (text, "\n"), ret_text, size);
}

int
sys_dmabuf_exporter (int fd, char *ret_name, size_t size)
{
  return read_fdinfo (fd, "exp_name:\t", ret_name, size);
}

int
sys_dmabuf_references (int fd, unsigned *ret_count)
{
  char text[NUMBER_SIZE];
  int r = read_fdinfo (fd, "count:\t", text, sizeof text);

  if (r == 0 && sscanf (text, "%u", ret_count) != 1)
    r = -ENODATA;
  return r;
}

int
sys_fd_size (int fd, size_t *ret_size)
{
  off_t size = lseek (fd, 0, SEEK_END);

  if (size < 0)
    return -errno;
  *ret_size = (size_t) size;
  return 0;
}

int
sys_fd_inode (int fd, uint64_t *ret_inode)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return -errno;
  *ret_inode = status.st_ino;
  return 0;
}

int
sys_fd_identity (int fd, struct sys_identity *ret_identity)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return -errno;
  *ret_identity = (struct sys_identity){ .device = status.st_dev, .inode = status.st_ino };
  return 0;
}

int
sys_fd_path (int fd, char *ret_path, size_t size)
{
  char link[PROC_FD_PATH_SIZE], path[PATH_MAX];
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path);
  if (length < 0)
    return -errno;
  return copy_text (path, (size_t) length, ret_path, size);
}

int
sys_mmap (int fd, size_t size, void **ret_data)
{
  void *data = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  if (data == MAP_FAILED)
    return -errno;
  *ret_data = data;
  return 0;
}

void
sys_munmap (void *data, size_t size)
{
  munmap (data, size);
}

int
sys_dont_fork (void *data, size_t size)
{
  return result_of (madvise (data, size, MADV_DONTFORK));
}

int
sys_page_frame (const void *address, uint64_t *ret_frame)
{
  int fd = open ("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  off_t at = (off_t) ((uintptr_t) address / sys_page_size () * sizeof (uint64_t));
  uint64_t entry = 0;
  ssize_t n;

  if (fd < 0)
    return -errno;
  n = pread (fd, &entry, sizeof entry, at);
  n = n < 0 ? -errno : n;
  close (fd);
  if (n < 0)
    return (int) n;
  if (n != sizeof entry || !(entry & PAGEMAP_PRESENT))
    return -ENODATA;
  /* Without the capability the entry is there, and its frame is 0. */
  if ((entry & PAGEMAP_FRAME) == 0)
    return -EPERM;
  *ret_frame = entry & PAGEMAP_FRAME;
  return 0;
}

static struct sys_node
node_of (const struct stat *status)
{
  return (struct sys_node){
    .uid = status->st_uid,
    .gid = status->st_gid,
    .mode = status->st_mode,
    .device = status->st_rdev,
  };
}

int
sys_stat_node (const char *path, struct sys_node *ret_node)
{
  struct stat status;

  if (stat (path, &status) < 0)
    return -errno;
  *ret_node = node_of (&status);
  return 0;
}

int
sys_stat_fd (int fd, struct sys_node *ret_node)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return -errno;
  *ret_node = node_of (&status);
  return 0;
}

int
sys_may_read (const char *path)
{
  return result_of (faccessat (AT_FDCWD, path, R_OK, AT_EACCESS));
}

int
sys_read_file (const char *path, char *ret_text, size_t size)
{
  ssize_t length = read_start (path, ret_text, size);

  if (length < 0)
    return (int) length;
  if ((size_t) length == size)
    return -EFBIG;
  ret_text[length] = '\0';
  return 0;
}

int
sys_list_directory (const char *path, int (*each) (const char *name, void *data), void *data)
{
  DIR *directory = opendir (path);
  struct dirent *entry;
  int result = 0;

  if (directory == NULL)
    return -errno;
  while (result == 0 && (errno = 0, entry = readdir (directory)) != NULL) {
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      result = each (entry->d_name, data);
  }
  if (result == 0 && errno != 0)
    result = -errno;
  closedir (directory);
  return result;
}

int
sys_open_pressure (const char *trigger)
{
  int fd = open ("/proc/pressure/memory", O_RDWR | O_NONBLOCK | O_CLOEXEC), r;

  if (fd < 0)
    return -errno;
  /* With its NUL: Documentation/accounting/psi.rst of the kernel. */
  r = write (fd, trigger, strlen (trigger) + 1) < 0 ? -errno : fd;
  if (r < 0)
    close (fd);
  return r;
}

int
sys_pressure_poll (int fd)
{
  struct pollfd wanted = { .fd = fd, .events = POLLPRI };

  if (poll (&wanted, 1, 0) < 0)
    return -errno;
  return (wanted.revents & (POLLERR | POLLNVAL)) != 0 ? -ENODEV : (wanted.revents & POLLPRI) != 0;
}

size_t
sys_page_size (void)
{
  return (size_t) getpagesize ();
}
