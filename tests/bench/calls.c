/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which system calls something makes. */
#include "calls.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nobody else asks for this scheduling policy, and the kernel refuses to say anything about it. */
#define MARK SYS_sched_get_priority_max
#define MARK_BEGIN 0x6265 /* plus the section */
#define MARK_END 0x656e
/* 64-bit ARM has ppoll alone. */
#ifndef SYS_poll
#define SYS_poll SYS_ppoll
#endif
#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)

const gchar *const call_names[N_CALL_KINDS] = {
  [CALL_IOCTL] = "ioctl",
  [CALL_POLL] = "poll",
  [CALL_MMAP] = "mmap",
  [CALL_MUNMAP] = "munmap",
  [CALL_READ] = "read",
  [CALL_WRITE] = "write",
  [CALL_CLOSE] = "close",
  [CALL_FUTEX] = "futex",
  [CALL_OTHER] = "other",
};

static const struct {
  guint64 number;
  CallKind kind;
} kinds[] = {
  { SYS_ioctl, CALL_IOCTL },
  { SYS_poll, CALL_POLL },
  { SYS_ppoll, CALL_POLL },
  { SYS_mmap, CALL_MMAP },
  { SYS_munmap, CALL_MUNMAP },
  { SYS_read, CALL_READ },
  { SYS_write, CALL_WRITE },
  { SYS_close, CALL_CLOSE },
  { SYS_futex, CALL_FUTEX },
};

static CallKind
kind_of (guint64 number)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].number == number)
      return kinds[i].kind;
  return CALL_OTHER;
}

/* A thread of the traced process stopped at a system call, on its way in or out. *counting: where it is counted; NULL:
 * nowhere */
static void
note_stop (pid_t thread, guint64 **counting, CallCounts *counts)
{
  struct __ptrace_syscall_info info;

  if (ptrace (PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY)
    return;
  if (info.entry.nr == MARK && info.entry.args[0] - MARK_BEGIN < N_CALL_SECTIONS)
    *counting = counts->of[info.entry.args[0] - MARK_BEGIN];
  else if (info.entry.nr == MARK && info.entry.args[0] == MARK_END)
    *counting = NULL;
  else if (*counting)
    (*counting)[kind_of (info.entry.nr)]++;
}

/* Which signal the thread is to get: none of those that tracing makes. */
static int
signal_of (int status)
{
  int number = WSTOPSIG (status);

  return number == (SIGTRAP | 0x80) || number == SIGTRAP || number == SIGSTOP ? 0 : number;
}

/* Up to the end of the process. Returns: its exit status */
static int
trace (pid_t process, CallCounts *counts)
{
  guint64 *counting = NULL;
  pid_t thread;
  int status;

  while ((thread = waitpid (-1, &status, __WALL)) > 0) {
    if (WIFEXITED (status) && thread == process)
      return WEXITSTATUS (status);
    if (WIFSIGNALED (status) && thread == process)
      return 128 + WTERMSIG (status);
    if (!WIFSTOPPED (status))
      continue;
    if (WSTOPSIG (status) == (SIGTRAP | 0x80))
      note_stop (thread, &counting, counts);
    ptrace (PTRACE_SYSCALL, thread, 0, signal_of (status));
  }
  return -1;
}

gboolean
calls_count (int (*run) (gpointer data), gpointer data, CallCounts *ret_counts)
{
  CallCounts counts = { 0 };
  pid_t process = fork ();
  int status;

  if (process == 0) {
    if (ptrace (PTRACE_TRACEME, 0, 0, 0) < 0)
      _exit (125);
    raise (SIGSTOP);
    _exit (run (data));
  }
  if (process < 0 || waitpid (process, &status, __WALL) != process || !WIFSTOPPED (status))
    return FALSE;
  ptrace (PTRACE_SETOPTIONS, process, 0, OPTIONS);
  ptrace (PTRACE_SYSCALL, process, 0, 0);
  if (trace (process, &counts) != 0)
    return FALSE;
  *ret_counts = counts;
  return TRUE;
}

void
calls_begin (CallSection section)
{
  syscall (MARK, MARK_BEGIN + section);
}

void
calls_end (void)
{
  syscall (MARK, MARK_END);
}
