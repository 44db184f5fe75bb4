/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Every call the project makes to the system about a heap, a dma-buf, a memfd
 * or udmabuf. sys.c makes them; tests link tests/fake/ in its place.
 *
 * For all of them: a result of 0 or more is success (an fd where one is
 * returned, always O_CLOEXEC and owned by the caller), a negative one is
 * -errno. ret_ arguments are never NULL and are written on success only.
 * Nothing is retried here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What stat tells about a node. */
struct sys_node {
  uid_t uid;
  gid_t gid;
  mode_t mode;     /* type and permission bits */
  uint64_t device; /* st_rdev: the same for two names of one device */
};

/* What tells a file from any other that is open at the same time. */
struct sys_identity {
  uint64_t device; /* st_dev */
  uint64_t inode;
};

/* Opens a heap's node read-only: all that allocating needs. */
int sys_open_heap (const char *path);
/* Opens /dev/udmabuf. */
int sys_open_udmabuf (void);
/* Duplicates fd. */
int sys_dup (int fd);
/* Closes fd. Takes an fd that is valid. */
void sys_close (int fd);

/* DMA_HEAP_IOCTL_ALLOC of size bytes: an fd of a readable and writable dma-buf. */
int sys_heap_alloc (int heap_fd, size_t size);
/* 0 when fd is an open node of a heap. Allocates nothing. -EBADF when it cannot be used at all, -ENOTTY when it is
 * something else. */
int sys_probe_heap (int fd);
/* An empty memfd that can be sealed. */
int sys_memfd_create (const char *name);
int sys_ftruncate (int fd, size_t size);
/* The same, of huge pages of page_size bytes. */
int sys_memfd_create_huge (const char *name, size_t page_size);
/* Forbids to change the size of the memfd, as udmabuf insists on, and any further seal. */
int sys_seal_size (int memfd);
/* Takes memory for size bytes at offset of the memfd, zeroed where it had none. -ENOSPC when there is none. */
int sys_fallocate (int memfd, size_t offset, size_t size);
/* Gives back the memory of size bytes at offset of the memfd. */
int sys_punch_hole (int memfd, size_t offset, size_t size);
/* UDMABUF_CREATE over size bytes at offset of memfd: an fd of a dma-buf, which
 * keeps the pages: the memfd may be closed. */
int sys_udmabuf_create (int udmabuf_fd, int memfd, size_t offset, size_t size);

/* DMA_BUF_IOCTL_SYNC with DMA_BUF_SYNC_* flags: one attempt, -EINTR and
 * -EAGAIN included. */
int sys_dmabuf_sync (int fd, uint64_t flags);
/* Waits up to timeout milliseconds for every device that reads or writes the dma-buf to be done, as far as its fences
 * tell: one poll(). 1 when all are, 0 when the time is up. */
int sys_dmabuf_poll (int fd, int timeout);
/* DMA_BUF_SET_NAME. The kernel takes at most 31 bytes. */
int sys_dmabuf_set_name (int fd, const char *name);
/* What /proc/self/fdinfo calls the exporter of fd (the heap's name for a
 * heap's dma-buf). -ENOENT when fd is no dma-buf; -ENAMETOOLONG when the name
 * does not fit in size bytes. */
int sys_dmabuf_exporter (int fd, char *ret_name, size_t size);
/* How many references the dma-buf has, by /proc/self/fdinfo: its fds that are open in any process, its mappings, and
 * the devices it is attached to. */
int sys_dmabuf_references (int fd, unsigned *ret_count);
/* The true size of what fd refers to, in bytes, by seeking to its end. */
int sys_fd_size (int fd, size_t *ret_size);
/* The inode number, which identifies a dma-buf across processes. */
int sys_fd_inode (int fd, uint64_t *ret_inode);
/* The same with the file system's number: no other file that is open has both. One call. */
int sys_fd_identity (int fd, struct sys_identity *ret_identity);
/* The path fd was opened by. -ENAMETOOLONG when it does not fit. */
int sys_fd_path (int fd, char *ret_path, size_t size);

/* Maps the first size bytes of fd shared, readable and writable. */
int sys_mmap (int fd, size_t size, void **ret_data);
void sys_munmap (void *data, size_t size);
/* Keeps the mapping out of processes that are forked. */
int sys_dont_fork (void *data, size_t size);
/* The number of the page frame behind a mapped address, by /proc/self/pagemap: its physical address, by the page size.
 * -EPERM where this process may not know (CAP_SYS_ADMIN), -ENODATA where there is none. */
int sys_page_frame (const void *address, uint64_t *ret_frame);

/* Follows symbolic links. Opens nothing. */
int sys_stat_node (const char *path, struct sys_node *ret_node);
/* The same of what fd has open. */
int sys_stat_fd (int fd, struct sys_node *ret_node);
/* 0 when this process may read path, by its effective ids. Opens nothing. */
int sys_may_read (const char *path);
/* Reads a small file of /proc or /sys as text. -EFBIG when it and the terminating NUL
 * take more than size bytes. After a failure ret_text has no meaning. */
int sys_read_file (const char *path, char *ret_text, size_t size);
/* Calls each with every name in the directory but "." and "..", in no order,
 * until it returns non-zero; returns that. */
int sys_list_directory (const char *path, int (*each) (const char *name, void *data), void *data);
/* Opens /proc/pressure/memory for sys_pressure_poll(), with a trigger ("some 150000 2000000": microseconds of stalls in
 * so many). -ENOENT or -EOPNOTSUPP where the kernel has none, -EPERM or -EACCES where this process may not. */
int sys_open_pressure (const char *trigger);
/* 1 when the trigger went off since the last call, 0 when it did not. Does not wait. */
int sys_pressure_poll (int fd);
/* The size of a page, in bytes: a power of two. Cannot fail. */
size_t sys_page_size (void);
