/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heaps/ranges.h and other allocators of offsets: how densely they pack, and how long they take. */
#include "packing.h"
#include "speed.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])
/* What heaps/ranges.h has to reach, in the first trace and with up to so many ranges. */
#define MEAN_TARGET 0.88
#define WORST_TARGET 0.58
#define NS_TARGET 60
#define N_LIVE_TARGET 10000

static const uint32_t n_lives[] = { 16, 64, 256, 1000, 4000, 10000, 100000, 1000000 };

static uint64_t seed = 1, n_steps = 100000;
static bool is_json, is_alone, without_packing, without_speed;
static bool is_dense = true, is_fast = true;

static const char help[] = "usage: bench-ranges [OPTION...]\n"
                           "\n"
                           "  --seed N      of all that is random (default: 1)\n"
                           "  --steps N     of each trace (default: 100000)\n"
                           "  --alone       without the other allocators\n"
                           "  --no-packing  only how long they take\n"
                           "  --no-speed    only how densely they pack\n"
                           "  --json        a JSON object on each line\n"
                           "\n"
                           "The exit status is 1 if heaps/ranges.h packs worse than it has to. Time depends on the "
                           "machine and on what else runs\n"
                           "there, so that it is only printed.\n";

static void
die (const char *message)
{
  fprintf (stderr, "bench-ranges: %s\n", message);
  exit (2);
}

static uint64_t
parse_number (const char *text)
{
  char *end;
  uint64_t number = strtoull (text, &end, 0);

  if (*text < '0' || *text > '9' || *end != '\0')
    die ("not a number");
  return number;
}

static void
parse_options (int argc, char **argv)
{
  static const struct option options[] = { { "seed", required_argument, NULL, 's' },
    { "steps", required_argument, NULL, 'n' }, { "alone", no_argument, NULL, 'a' },
    { "no-packing", no_argument, NULL, 'p' }, { "no-speed", no_argument, NULL, 't' },
    { "json", no_argument, NULL, 'j' }, { "help", no_argument, NULL, 'h' }, { 0 } };

  for (int option; (option = getopt_long (argc, argv, "", options, NULL)) != -1;) {
    if (option == 's')
      seed = parse_number (optarg);
    else if (option == 'n')
      n_steps = parse_number (optarg);
    else if (option == 'h' || option == '?') {
      fputs (help, option == 'h' ? stdout : stderr);
      exit (option == 'h' ? 0 : 2);
    }
    is_alone |= option == 'a';
    without_packing |= option == 'p';
    without_speed |= option == 't';
    is_json |= option == 'j';
  }
  if (optind < argc)
    die ("it takes options only; see --help");
}

static void
print_packing (const struct offsets_kind *kind, const struct packing_trace *trace, const struct packing *packing)
{
  if (is_json)
    printf ("{\"allocator\": \"%s\", \"trace\": \"%s\", \"seed\": %" PRIu64 ", \"steps\": %" PRIu64
            ", \"mean\": %.4f, \"worst\": %.4f, \"full\": %" PRIu32 "}\n",
        kind->name, trace->name, seed, n_steps, packing->mean, packing->worst, packing->n_full);
  else
    printf ("  %-28s %6.3f %7.3f %7" PRIu32 "\n", kind->name, packing->mean, packing->worst, packing->n_full);
  fflush (stdout);
}

static void
run_packing (const struct packing_trace *trace, size_t n_kinds)
{
  struct packing packing;

  if (!is_json)
    printf ("\n%s: %s\n  %-28s %6s %7s %7s\n", trace->name, trace->description, "", "mean", "worst", "full");
  for (size_t i = 0; i < n_kinds; i++) {
    const struct offsets_kind *kind = offsets_kinds[i];
    if (!packing_measure (kind, trace, seed, n_steps, &packing))
      die ("out of memory");
    print_packing (kind, trace, &packing);
    if (kind == &offsets_ours && trace == &packing_traces[0])
      is_dense = packing.n_full == 0 || (packing.mean >= MEAN_TARGET && packing.worst >= WORST_TARGET);
  }
}

static void
print_speed (const struct offsets_kind *kind, uint32_t n_live, const struct speed *speed)
{
  if (is_json)
    printf ("{\"allocator\": \"%s\", \"live\": %" PRIu32 ", \"seed\": %" PRIu64 ", \"ns\": %.1f, \"median\": %.1f}\n",
        kind->name, n_live, seed, speed->least, speed->median);
  else
    printf ("  %6.1f %6.1f  ", speed->least, speed->median);
  fflush (stdout);
}

static void
run_speed (uint32_t n_live, size_t n_kinds)
{
  struct speed speed;

  if (!is_json)
    printf ("  %8" PRIu32, n_live);
  for (size_t i = 0; i < n_kinds; i++) {
    const struct offsets_kind *kind = offsets_kinds[i];
    if (n_live > kind->max_live)
      continue;
    if (!speed_measure (kind, n_live, seed, &speed))
      die ("out of memory");
    print_speed (kind, n_live, &speed);
    if (kind == &offsets_ours && n_live <= N_LIVE_TARGET)
      is_fast = is_fast && speed.least <= NS_TARGET;
  }
  if (!is_json)
    putchar ('\n');
}

static void
run_speeds (size_t n_kinds)
{
  if (!is_json) {
    puts ("\nNanoseconds for freeing any range and allocating another one, by how many are in use: least and median");
    printf ("  %8s", "in use");
    for (size_t i = 0; i < n_kinds; i++)
      printf ("  %-15.15s", offsets_kinds[i]->short_name);
    putchar ('\n');
  }
  for (size_t i = 0; i < N_ELEMENTS (n_lives); i++)
    run_speed (n_lives[i], n_kinds);
}

int
main (int argc, char **argv)
{
  size_t n_kinds;

  parse_options (argc, argv);
  n_kinds = is_alone ? 1 : offsets_n_kinds;
  if (!is_json && !without_packing)
    printf ("Occupancy of 1 GiB at each failed allocation, seed %" PRIu64 ", %" PRIu64 " steps\n", seed, n_steps);
  for (size_t i = 0; i < packing_n_traces && !without_packing; i++)
    run_packing (&packing_traces[i], n_kinds);
  if (!without_speed)
    run_speeds (n_kinds);
  if (!is_json && !without_packing)
    printf (
        "\nAt least %.2f, and never below %.2f, when steady: %s\n", MEAN_TARGET, WORST_TARGET, is_dense ? "yes" : "NO");
  if (!is_json && !without_speed)
    printf ("At most %d ns with up to %d ranges: %s\n", NS_TARGET, N_LIVE_TARGET, is_fast ? "yes" : "NO");
  return is_dense ? EXIT_SUCCESS : EXIT_FAILURE;
}
