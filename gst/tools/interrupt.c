/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Being interrupted in long work. */
#include "interrupt.h"

#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t noted;

static void
note (int number)
{
  noted = number;
}

gboolean
tool_interrupt_is_ignored (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void
catch_signal (int number)
{
  struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESETHAND };

  if (!tool_interrupt_is_ignored (number))
    sigaction (number, &action, NULL);
}

void
tool_interrupt_catch (void)
{
  catch_signal (SIGINT);
  catch_signal (SIGTERM);
}

gboolean
tool_interrupted (void)
{
  return noted != 0;
}

void
tool_interrupt_pass_on (void)
{
  if (noted == 0)
    return;
  fflush (stdout);
  signal (noted, SIG_DFL);
  raise (noted);
}
