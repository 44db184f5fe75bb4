/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Rules that let a group open heaps. Whether udev understands them is for tests/tools. */
#include "heaps/udev-rules.h"
#include "suite.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static char *
write_pattern (const char *name)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream (&text, &size);

  udev_rules_write_pattern (out, name);
  fclose (out);
  return text;
}

static char *
write_rules (const char *group, const char *const *heaps, size_t n_heaps)
{
  struct udev_rules rules = { group, heaps, n_heaps };
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream (&text, &size);

  udev_rules_write (out, &rules);
  fclose (out);
  return text;
}

/* The lines that are no comments. */
static char *
only_rules (char *text)
{
  char *rules = calloc (1, strlen (text) + 1), *rest = NULL;

  for (char *line = strtok_r (text, "\n", &rest); line != NULL; line = strtok_r (NULL, "\n", &rest)) {
    if (*line != '#')
      strcat (strcat (rules, line), "\n");
  }
  free (text);
  return rules;
}

static void
assert_rules (const char *const *heaps, size_t n_heaps, const char *expected)
{
  char *rules = only_rules (write_rules ("render", heaps, n_heaps));

  ck_assert_str_eq (rules, expected);
  free (rules);
}

#define ACCESS "GROUP=\"render\", MODE=\"0660\"\n"
#define UDMABUF "SUBSYSTEM==\"misc\", KERNEL==\"udmabuf\", " ACCESS

START_TEST (test_all_heaps_are_one_rule)
{
  assert_rules (NULL, 0, "SUBSYSTEM==\"dma_heap\", " ACCESS);
}
END_TEST

START_TEST (test_each_heap_named_has_a_rule)
{
  const char *heaps[] = { "system", "linux,cma@8000000" };

  assert_rules (heaps, N_ELEMENTS (heaps),
      "SUBSYSTEM==\"dma_heap\", KERNEL==\"system\", " ACCESS
      "SUBSYSTEM==\"dma_heap\", KERNEL==\"linux,cma@8000000\", " ACCESS);
}
END_TEST

START_TEST (test_heaps_of_the_process_are_udmabuf_once)
{
  const char *both[] = { "process", "system", "process-contiguous" };

  assert_rules (both, 1, UDMABUF);
  assert_rules (both, 3, "SUBSYSTEM==\"dma_heap\", KERNEL==\"system\", " ACCESS UDMABUF);
}
END_TEST

START_TEST (test_comments_trigger_what_the_rules_are_about)
{
  const char *heaps[] = { "process", "system" };
  char *text = write_rules ("video", NULL, 0);

  ck_assert_ptr_nonnull (strstr (text, "udevadm trigger --subsystem-match=dma_heap\n"));
  ck_assert_ptr_nonnull (strstr (text, UDEV_RULES_PATH));
  free (text);
  text = write_rules ("video", heaps, 1);
  ck_assert_ptr_nonnull (strstr (text, "udevadm trigger --subsystem-match=misc\n"));
  ck_assert_ptr_null (strstr (text, "control group"));
  free (text);
  text = write_rules ("video", heaps, 2);
  ck_assert_ptr_nonnull (strstr (text, "udevadm trigger --subsystem-match=dma_heap --subsystem-match=misc\n"));
  free (text);
}
END_TEST

/* udev divides a pattern at "|" and gives its parts to fnmatch(). A pattern with "?" fits more than the name. */
static const struct {
  const char *name, *pattern, *other; /* other: a name the pattern does not fit */
} patterns[] = {
  { "linux,cma@8000000", "linux,cma@8000000", "linux,cma@800000" },
  { "protected,secure-video", "protected,secure-video", "protected" },
  { "a*b", "a[*]b", "axb" },
  { "a?b", "a[?]b", "axb" },
  { "a[b]c", "a[[]b?c", "abc" },
  { "a b=c", "a?b=c", "a" },
  { "a';rm $x", "a??rm??x", "a" },
  { "a|b", "a?b", "a" },
  { "a\"b", "a?b", "ab" },
  { "a\\b", "a?b", "ab" },
  { "caf\xc3\xa9", "caf??", "cafe" },
  { "\x9b\xff", "??", "?" },
};

START_TEST (test_pattern_fits_the_name)
{
  for (size_t i = 0; i < N_ELEMENTS (patterns); i++) {
    char *pattern = write_pattern (patterns[i].name);

    ck_assert_str_eq (pattern, patterns[i].pattern);
    ck_assert_int_eq (fnmatch (pattern, patterns[i].name, 0), 0);
    ck_assert_int_ne (fnmatch (pattern, patterns[i].other, 0), 0);
    free (pattern);
  }
}
END_TEST

/* The kernel writes "!" where a name has "/", and udev reads "/". */
START_TEST (test_pattern_fits_what_udev_makes_of_an_exclamation_mark)
{
  char *pattern = write_pattern ("a!b");

  ck_assert_int_eq (fnmatch (pattern, "a/b", 0), 0);
  free (pattern);
}
END_TEST

START_TEST (test_group_is_a_name_or_a_number)
{
  const char *good[] = { "video", "44", "_apt", "DOMAIN.users", "a-b" };
  const char *bad[] = { "", "-v", ".", "a b", "video\"", "%k", "$env", "a\nb", "caf\xc3\xa9", "a,b" };

  for (size_t i = 0; i < N_ELEMENTS (good); i++)
    ck_assert (udev_group_is_valid (good[i]));
  for (size_t i = 0; i < N_ELEMENTS (bad); i++)
    ck_assert (!udev_group_is_valid (bad[i]));
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_all_heaps_are_one_rule,
    test_each_heap_named_has_a_rule,
    test_heaps_of_the_process_are_udmabuf_once,
    test_comments_trigger_what_the_rules_are_about,
    test_pattern_fits_the_name,
    test_pattern_fits_what_udev_makes_of_an_exclamation_mark,
    test_group_is_a_name_or_a_number,
  };

  return suite_run ("udev-rules", NULL, NULL, tests, N_ELEMENTS (tests));
}
