/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Dma-bufs from elsewhere: their true size, and one memory for each. */
#include "sent.h"

#include <gst/allocators/gstdmabuf.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE HEAP_FIXTURE_PAGE
#define N_THREADS 4
#define N_ROUNDS 5000

static GstMemory *
wrap (int fd)
{
  GError *error = NULL;
  GstMemory *memory = gst_heap_memory_wrap_fd (fd, &error);

  g_assert_no_error (error);
  return memory;
}

static void
assert_refused (int fd, GstHeapError code)
{
  GError *error = NULL;

  fail_unless (gst_heap_memory_wrap_fd (fd, &error) == NULL);
  fail_unless (g_error_matches (error, GST_HEAP_ERROR, code), "%s", error->message);
  g_clear_error (&error);
  fail_unless (gst_heap_memory_wrap_fd (fd, NULL) == NULL);
}

static void
assert_refused_and_close (int fd)
{
  fail_unless (fd >= 0);
  assert_refused (fd, GST_HEAP_ERROR_INVALID);
  fail_unless (close (fd) == 0);
}

GST_START_TEST (test_memory_has_the_size_of_the_dmabuf)
{
  int fd = sent_dmabuf_new ("camera", 3 * PAGE);
  GstMemory *memory = wrap (fd);
  GstMapInfo map;

  fail_unless (close (fd) == 0);
  fail_unless (gst_is_dmabuf_memory (memory));
  fail_if (gst_is_heap_memory (memory));
  fail_unless (gst_heap_memory_get_heap (memory) == NULL);
  fail_unless_equals_int (memory->size, 3 * PAGE);
  fail_unless_equals_int (memory->maxsize, 3 * PAGE);
  fail_unless_equals_int (memory->offset, 0);
  fail_unless (fcntl (gst_dmabuf_memory_get_fd (memory), F_GETFD) & FD_CLOEXEC);
  fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless_equals_int (map.data[3 * PAGE - 1], 0);
  gst_memory_unmap (memory, &map);
  gst_memory_unref (memory);
}

GST_END_TEST

GST_START_TEST (test_the_same_dmabuf_is_the_same_memory_while_it_is_alive)
{
  int fd = sent_dmabuf_new ("camera", PAGE), copy = dup (fd), other_fd = sent_dmabuf_new ("camera", PAGE);
  GstMemory *memory = wrap (fd), *again = wrap (fd), *by_copy = wrap (copy), *other = wrap (other_fd);
  GstMemory *part = gst_memory_share (memory, 100, 100), *by_own;

  fail_unless (again == memory);
  fail_unless (by_copy == memory);
  fail_unless (other != memory);
  gst_memory_unref (memory);
  gst_memory_unref (again);
  gst_memory_unref (by_copy);
  gst_memory_unref (other);

  by_own = wrap (gst_dmabuf_memory_get_fd (part->parent));
  fail_unless (by_own == part->parent);
  gst_memory_unref (by_own);
  gst_memory_unref (part);
  fail_unless_equals_int (fake_open_buffers ("camera"), 3);

  memory = wrap (fd);
  fail_unless_equals_int (memory->size, PAGE);
  gst_memory_unref (memory);
  close (fd);
  close (copy);
  close (other_fd);
}

GST_END_TEST

GST_START_TEST (test_what_is_no_dmabuf_is_refused)
{
  int pipe_fds[2], closed = dup (0);

  fail_unless (pipe (pipe_fds) == 0);
  assert_refused_and_close (pipe_fds[0]);
  assert_refused_and_close (pipe_fds[1]);
  assert_refused_and_close (open ("/tmp", O_RDONLY | O_DIRECTORY));
  assert_refused_and_close (open ("/tmp", O_PATH));
  assert_refused_and_close (open ("/dev/null", O_RDWR));
  assert_refused_and_close (memfd_create ("no-heap", MFD_CLOEXEC));
  assert_refused_and_close (socket (AF_UNIX, SOCK_STREAM, 0));
  assert_refused_and_close (sent_dmabuf_new ("camera", 0));
  close (closed);
  assert_refused (closed, GST_HEAP_ERROR_INVALID);
  assert_refused (-1, GST_HEAP_ERROR_INVALID);
  assert_refused (G_MAXINT, GST_HEAP_ERROR_INVALID);
}

GST_END_TEST

/* Another file may have the inode's number on a file system of its own. */
GST_START_TEST (test_a_file_that_is_no_dmabuf_is_never_taken_for_one)
{
  int fd = sent_dmabuf_new ("camera", PAGE);
  GstMemory *memory = wrap (fd);

  fake_fail (FAKE_DMABUF_EXPORTER, 1, ENOENT);
  fail_unless (gst_heap_memory_wrap_fd (fd, NULL) == NULL);
  gst_memory_unref (memory);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_failures_leave_no_fd_open)
{
  static const struct {
    enum fake_call call;
    int error;
    GstHeapError code;
  } cases[] = {
    { FAKE_FD_INODE, EIO, GST_HEAP_ERROR_FAILED },
    { FAKE_DMABUF_EXPORTER, EMFILE, GST_HEAP_ERROR_NO_FDS },
    { FAKE_DUP, EMFILE, GST_HEAP_ERROR_NO_FDS },
    { FAKE_FD_SIZE, ESPIPE, GST_HEAP_ERROR_INVALID },
  };
  int fd = sent_dmabuf_new ("camera", PAGE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    fake_fail_every (cases[i].call, cases[i].error);
    assert_refused (fd, cases[i].code);
    fake_disarm ();
    fail_unless_equals_int (fake_open_buffers ("camera"), 1);
    gst_memory_unref (wrap (fd));
  }
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_a_name_too_long_to_tell_is_no_obstacle)
{
  int fd = sent_dmabuf_new ("camera", PAGE);

  fake_fail (FAKE_DMABUF_EXPORTER, 1, ENAMETOOLONG);
  gst_memory_unref (wrap (fd));
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_a_selection_accepts_it_by_its_exporter)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("system", NULL);
  int of_system = sent_dmabuf_new ("system", PAGE), of_camera = sent_dmabuf_new ("camera", PAGE);
  GstMemory *fitting = wrap (of_system), *other = wrap (of_camera);

  fail_unless (gst_heap_selection_accepts_memory (selection, fitting));
  fail_if (gst_heap_selection_accepts_memory (selection, other));
  gst_memory_unref (fitting);
  gst_memory_unref (other);
  gst_heap_selection_unref (selection);
  close (of_system);
  close (of_camera);
}

GST_END_TEST

static void
send_fd (int socket_fd, int fd)
{
  gchar control[CMSG_SPACE (sizeof fd)] = { 0 }, byte = 0;
  struct iovec data = { &byte, 1 };
  struct msghdr message = {
    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (sizeof fd);
  memcpy (CMSG_DATA (header), &fd, sizeof fd);
  if (sendmsg (socket_fd, &message, 0) != 1)
    _exit (1);
}

static int
receive_fd (int socket_fd)
{
  int fd = -1;
  gchar control[CMSG_SPACE (sizeof fd)] = { 0 }, byte;
  struct iovec data = { &byte, 1 };
  struct msghdr message = {
    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };

  fail_unless_equals_int (recvmsg (socket_fd, &message, MSG_CMSG_CLOEXEC), 1);
  memcpy (&fd, CMSG_DATA (CMSG_FIRSTHDR (&message)), sizeof fd);
  return fd;
}

/* As a camera in another process does, with each frame. */
static void
send_twice_and_exit (int socket_fd)
{
  int fd = memfd_create ("heap:camera", MFD_CLOEXEC);

  if (ftruncate (fd, 2 * PAGE) < 0 || pwrite (fd, "frame", 5, PAGE) != 5)
    _exit (1);
  send_fd (socket_fd, fd);
  send_fd (socket_fd, fd);
  _exit (0);
}

GST_START_TEST (test_what_another_process_sends_twice_is_one_memory)
{
  int sockets[2], fd, copy, status;
  GstMemory *memory, *again;
  GstMapInfo map;
  pid_t pid;

  fail_unless (socketpair (AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
  pid = fork ();
  if (pid == 0)
    send_twice_and_exit (sockets[1]);
  fd = receive_fd (sockets[0]);
  copy = receive_fd (sockets[0]);
  fail_unless (waitpid (pid, &status, 0) == pid && WIFEXITED (status) && WEXITSTATUS (status) == 0);

  memory = wrap (fd);
  again = wrap (copy);
  close (fd);
  close (copy);
  fail_unless (fd != copy);
  fail_unless (memory == again);
  fail_unless_equals_int (memory->maxsize, 2 * PAGE);
  fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless (memcmp (map.data + PAGE, "frame", 5) == 0);
  gst_memory_unmap (memory, &map);
  gst_memory_unref (again);
  gst_memory_unref (memory);
  close (sockets[0]);
  close (sockets[1]);
}

GST_END_TEST

/* With a reference, wrapping again gives the same; without, the last one may just be going in another thread. */
static gpointer
wrap_again_and_again (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);

  for (guint i = 0; i < N_ROUNDS; i++) {
    GstMemory *memory = wrap (fd), *again = wrap (fd);

    g_assert_true (memory == again);
    g_assert_cmpint (memory->size, ==, PAGE);
    gst_memory_unref (memory);
    gst_memory_unref (again);
  }
  return NULL;
}

GST_START_TEST (test_threads_may_wrap_what_others_just_let_go)
{
  int fd = sent_dmabuf_new ("camera", PAGE);
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("wrap", wrap_again_and_again, GINT_TO_POINTER (fd));
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  fail_unless_equals_int (fake_open_buffers ("camera"), 1);
  close (fd);
}

GST_END_TEST

/* Memory of a heap of that name, allocated here and elsewhere; what is known of either. */
static const struct {
  const gchar *heap;
  GstHeapProperties property;
  GstHeapAnswer answer;
} answers[] = {
  { "system", GST_HEAP_PROPERTY_CACHEABLE, GST_HEAP_ANSWER_YES },
  { "system-uncached", GST_HEAP_PROPERTY_CACHEABLE, GST_HEAP_ANSWER_NO },
  { "camera", GST_HEAP_PROPERTY_CACHEABLE, GST_HEAP_ANSWER_UNKNOWN },
  { "camera", GST_HEAP_PROPERTY_IMPORTABLE, GST_HEAP_ANSWER_YES },
  { "default_cma_region", GST_HEAP_PROPERTY_CONTIGUOUS, GST_HEAP_ANSWER_YES },
};

GST_START_TEST (test_what_is_known_of_a_heap_is_known_of_its_memory)
{
  const gchar *heap = answers[__i__].heap;
  GstAllocator *allocator;
  GstMemory *memory, *part;
  int fd;

  fake_add_heap (heap);
  allocator = heap_fixture_allocator (heap);
  memory = gst_allocator_alloc (allocator, PAGE, NULL);
  fail_unless_equals_int (gst_heap_memory_get_answer (memory, answers[__i__].property), answers[__i__].answer);
  gst_memory_unref (memory);
  gst_object_unref (allocator);

  fd = sent_dmabuf_new (heap, PAGE);
  memory = wrap (fd);
  part = gst_memory_share (memory, 0, 100);
  fail_unless_equals_int (gst_heap_memory_get_answer (memory, answers[__i__].property), answers[__i__].answer);
  fail_unless_equals_int (gst_heap_memory_get_answer (part, answers[__i__].property), answers[__i__].answer);
  gst_memory_unref (part);
  gst_memory_unref (memory);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_nothing_is_known_of_system_memory)
{
  GstMemory *memory = gst_allocator_alloc (NULL, PAGE, NULL);

  for (guint property = GST_HEAP_PROPERTY_IMPORTABLE; property <= GST_HEAP_PROPERTY_DECRYPTED; property <<= 1)
    fail_unless_equals_int (gst_heap_memory_get_answer (memory, property), GST_HEAP_ANSWER_UNKNOWN);
  gst_memory_unref (memory);
}

GST_END_TEST

static Suite *
foreign_suite (void)
{
  Suite *suite = suite_create ("foreign");
  TCase *tcase = heap_fixture_add_case (suite, "foreign");

  tcase_add_test (tcase, test_memory_has_the_size_of_the_dmabuf);
  tcase_add_test (tcase, test_the_same_dmabuf_is_the_same_memory_while_it_is_alive);
  tcase_add_test (tcase, test_what_is_no_dmabuf_is_refused);
  tcase_add_test (tcase, test_a_file_that_is_no_dmabuf_is_never_taken_for_one);
  tcase_add_test (tcase, test_failures_leave_no_fd_open);
  tcase_add_test (tcase, test_a_name_too_long_to_tell_is_no_obstacle);
  tcase_add_test (tcase, test_a_selection_accepts_it_by_its_exporter);
  tcase_add_test (tcase, test_what_another_process_sends_twice_is_one_memory);
  tcase_add_test (tcase, test_threads_may_wrap_what_others_just_let_go);
  tcase_add_loop_test (tcase, test_what_is_known_of_a_heap_is_known_of_its_memory, 0, G_N_ELEMENTS (answers));
  tcase_add_test (tcase, test_nothing_is_known_of_system_memory);
  return suite;
}

GST_CHECK_MAIN (foreign)
