/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What people are told about a choice. */
#include "heaps/explain.h"

#include "machine.h"
#include "request.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NO_USER 3999999999u /* and no group */

#define RULE_TITLE                                                                                                     \
  "To permit the members of the group video, write to /etc/udev/rules.d/70-gst-heaps.rules, then run "                 \
  "\"udevadm trigger --subsystem-match=dma_heap\" (\"gst-heaps-1.0 udev\" prints that file):\n"
#define RULE(name) "  SUBSYSTEM==\"dma_heap\", KERNEL==\"" name "\", GROUP=\"video\", MODE=\"0660\"\n"
#define DECLARATION_TITLE                                                                                              \
  "If you know it of your board, say so in heaps.conf (or the file that GST_HEAPS_CONFIG names):\n"
#define NO_DIRECTORY                                                                                                   \
  "/dev/dma_heap is not there: this kernel is without DMA-BUF heaps (CONFIG_DMABUF_HEAPS), "                           \
  "or a container hides it.\n"
#define UDMABUF                                                                                                        \
  "Memory of the process is importable where /dev/udmabuf can be opened: \"modprobe udmabuf\" makes it, with "         \
  "CONFIG_UDMABUF in the kernel, and many systems permit it to the group kvm.\n"

#define CONTIGUOUS_NOT_NAMED "process-contiguous: not named in the request\n"
#define NO_HUGE_PAGE "process-contiguous: no huge page is reserved on this machine\n"
#define HUGE_PAGES                                                                                                     \
  "process-contiguous has memory once huge pages are reserved: \"sysctl vm.nr_hugepages=64\" sets 64 aside, "          \
  "and so does, while memory is still in one piece, \"hugepages=64\" on the kernel's command line.\n"

static struct heap_catalog catalog;
static struct heap_choice choice;

static void
forget_choice (void)
{
  heap_choice_finish (&choice);
  heap_catalog_finish (&catalog);
}

static void
end (void)
{
  forget_choice ();
  end_on_machine ();
}

static void
select_heap (const char *request)
{
  struct parsed_request parsed;

  forget_choice ();
  parse_request (request, &parsed);
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), 0);
  ck_assert_int_eq (heap_select (&parsed.request, &catalog, NULL, &choice), 0);
}

static void
take_heap (const char *request)
{
  struct heap *heap;
  size_t index;

  select_heap (request);
  if (heap_choice_open (&choice, 0, &heap, &index) == 0)
    heap_unref (heap);
}

/* lines: of the candidates; advice: what follows them. */
static void
assert_explains (const char *lines, const char *advice)
{
  char *text = heap_choice_explain (&choice);

  ck_assert_uint_ge (strlen (text), strlen (lines));
  ck_assert_str_eq (text + strlen (lines), advice);
  text[strlen (lines)] = '\0';
  ck_assert_str_eq (text, lines);
  free (text);
}

static void
assert_explains_first (const char *expected)
{
  char *text = heap_candidate_explain (&choice.candidates[0], &choice);

  ck_assert_str_eq (text, expected);
  free (text);
}

START_TEST (test_taken_heap_needs_no_advice)
{
  fake_add_heap ("system");
  fake_add_heap_full ("odd", 0, 0, 0, 0600, EACCES);
  take_heap ("odd system");
  ck_assert (heap_choice_is_taken (&choice));
  assert_explains ("odd: no permission: owner root, group root, mode 0600\n"
                   "system: taken\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "");
}
END_TEST

START_TEST (test_heap_that_will_be_taken_needs_no_advice)
{
  fake_add_heap ("odd");
  fake_add_heap ("linux,cma");
  select_heap ("+contiguous");
  ck_assert (!heap_choice_is_taken (&choice));
  assert_explains ("linux,cma: fits\n"
                   "odd: contiguous is required, and nothing tells whether it is\n"
                   "process: contiguous is required, and it is not (how it allocates)\n" NO_HUGE_PAGE,
      "");
}
END_TEST

START_TEST (test_missing_directory_is_explained)
{
  take_heap ("system");
  assert_explains ("system: there is no such heap\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      NO_DIRECTORY "Heaps on this machine: process; process-contiguous.\n");
}
END_TEST

START_TEST (test_unreadable_directory_is_explained)
{
  fake_set_directory (EACCES);
  take_heap ("+contiguous");
  assert_explains ("process: contiguous is required, and it is not (how it allocates)\n" NO_HUGE_PAGE,
      "/dev/dma_heap cannot be read: Permission denied.\n" HUGE_PAGES);
}
END_TEST

START_TEST (test_absent_heap_comes_with_those_that_are_there)
{
  fake_add_heap ("system");
  fake_add_heap ("odd");
  take_heap ("none other");
  assert_explains ("none: there is no such heap\n"
                   "other: there is no such heap\n"
                   "system: not named in the request\n"
                   "odd: not named in the request\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "Heaps on this machine: system; odd; process; process-contiguous.\n");
}
END_TEST

START_TEST (test_missing_permission_comes_with_a_udev_rule)
{
  fake_add_heap_full ("linux,cma", 0, 0, 0, 0600, EACCES);
  fake_add_heap_full ("video@1000", 0, 0, 0, 0600, EACCES);
  take_heap ("+contiguous");
  assert_explains ("linux,cma: no permission: owner root, group root, mode 0600\n"
                   "video@1000: no permission: owner root, group root, mode 0600\n"
                   "process: contiguous is required, and it is not (how it allocates)\n" NO_HUGE_PAGE,
      RULE_TITLE RULE ("linux,cma") RULE ("video@1000") HUGE_PAGES);
}
END_TEST

START_TEST (test_missing_membership_is_told_from_missing_permission)
{
  fake_add_heap_full ("linux,cma", 0, 0, NO_USER, 0660, EACCES);
  take_heap ("linux,cma");
  assert_explains ("linux,cma: no permission: owner root, group 3999999999, mode 0660\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "To get permission, become a member of the group, and log in again:\n"
      "  usermod --append --groups 3999999999 USER\n");
}
END_TEST

START_TEST (test_unknown_owner_is_a_number)
{
  fake_add_heap_full ("system", 0, NO_USER, NO_USER, 04611, EACCES);
  take_heap ("system");
  assert_explains_first ("no permission: owner 3999999999, group 3999999999, mode 4611");
}
END_TEST

START_TEST (test_missing_permission_shows_before_opening)
{
  fake_add_heap_full ("system", 0, 0, 0, 0600, EACCES);
  select_heap ("system");
  assert_explains ("system: fits, but no permission: owner root, group root, mode 0600\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      RULE_TITLE RULE ("system"));
}
END_TEST

START_TEST (test_other_failures_to_open_are_named)
{
  fake_add_heap ("system");
  fake_fail (FAKE_OPEN_HEAP, 1, EMFILE);
  take_heap ("system");
  assert_explains ("system: cannot be opened: Too many open files\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "");
}
END_TEST

START_TEST (test_refusal_beyond_the_mode_gets_no_rule)
{
  fake_add_heap ("system");
  fake_fail (FAKE_OPEN_HEAP, 1, EPERM);
  take_heap ("system");
  assert_explains ("system: cannot be opened: Operation not permitted (whatever the mode of its node: a "
                   "container's rules for devices, or a security module)\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "");
}
END_TEST

START_TEST (test_process_that_cannot_be_opened_has_no_owner)
{
  fake_set_udmabuf (0);
  select_heap ("process");
  fake_set_udmabuf (EACCES);
  ck_assert_int_eq (heap_choice_open (&choice, 0, &(struct heap *){ NULL }, &(size_t){ 0 }), -ENOENT);
  assert_explains_first ("cannot be opened: Permission denied");
}
END_TEST

START_TEST (test_unknown_property_comes_with_its_declaration)
{
  fake_add_heap ("odd");
  take_heap ("odd +contiguous");
  assert_explains ("odd: contiguous is required, and nothing tells whether it is\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      DECLARATION_TITLE "  [odd]\n  contiguous=yes\n");
}
END_TEST

START_TEST (test_unknown_forbidden_property_is_to_be_denied)
{
  fake_add_heap ("odd");
  take_heap ("odd -protected");
  assert_explains ("odd: protected is forbidden, and nothing tells whether it is\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      DECLARATION_TITLE "  [odd]\n  protected=no\n");
}
END_TEST

START_TEST (test_known_property_comes_with_its_source)
{
  static const char *const rows[][3] = {
    { "system", "system +contiguous", "contiguous is required, and it is not (kernel documentation)" },
    { "cma-uncached", "cma-uncached +cacheable",
        "cacheable is required, and it is not (a vendor's heap of this name)" },
    { "a-contiguous", "a-contiguous -contiguous", "contiguous is forbidden, and it is (its name)" },
    { "odd", "odd -importable", "importable is forbidden, and it is (how it allocates)" },
  };

  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    fake_reset ();
    fake_add_heap (rows[i][0]);
    take_heap (rows[i][1]);
    assert_explains_first (rows[i][2]);
  }
}
END_TEST

START_TEST (test_process_without_udmabuf_tells_how_to_get_it)
{
  take_heap ("process +importable");
  assert_explains (
      "process: importable is required, and it is not (how it allocates)\n" CONTIGUOUS_NOT_NAMED, NO_DIRECTORY UDMABUF);
}
END_TEST

START_TEST (test_alias_and_twin_are_named)
{
  fake_add_heap ("default_cma_region");
  fake_add_heap ("reserved");
  take_heap ("linux,cma");
  assert_explains ("default_cma_region: taken (asked for as linux,cma)\n"
                   "reserved: another name of default_cma_region\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "");
}
END_TEST

START_TEST (test_first_name_is_a_twin_of_the_second_where_that_was_asked_for)
{
  fake_add_heap ("default_cma_region");
  fake_add_heap ("reserved");
  take_heap ("reserved");
  assert_explains ("reserved: taken\n"
                   "default_cma_region: another name of reserved\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "");
}
END_TEST

START_TEST (test_left_out_heaps_say_why)
{
  fake_add_heap ("odd");
  take_heap ("");
  assert_explains ("process: taken\n"
                   "odd: not for everything, and nothing particular was asked for\n"
                   "process-contiguous: not for everything, and nothing particular was asked for\n",
      "");
}
END_TEST

START_TEST (test_unwanted_protected_heap_says_so)
{
  fake_add_heap ("protected,secure-video");
  take_heap ("~cacheable");
  assert_explains ("process: taken\nprotected,secure-video: protected, and that was not asked for\n" NO_HUGE_PAGE, "");
}
END_TEST

START_TEST (test_hostile_names_are_escaped)
{
  fake_add_heap_full ("x\xff\"; rm", 0, 0, 0, 0600, EACCES);
  take_heap ("a\x1b[31m\xff +importable");
  assert_explains ("a\\x1b[31m\\xff: no heap can have this name\n"
                   "x\\xff\"; rm: not named in the request\n"
                   "process: not named in the request\n" CONTIGUOUS_NOT_NAMED,
      "Heaps on this machine: x\\xff\"; rm; process; process-contiguous.\n");
  take_heap ("+importable");
  assert_explains ("x\\xff\"; rm: no permission: owner root, group root, mode 0600\n"
                   "process: importable is required, and it is not (how it allocates)\n"
                   "process-contiguous: importable is required, and it is not (how it allocates)\n",
      RULE_TITLE RULE ("x????rm") UDMABUF);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_taken_heap_needs_no_advice,
    test_heap_that_will_be_taken_needs_no_advice,
    test_missing_directory_is_explained,
    test_unreadable_directory_is_explained,
    test_absent_heap_comes_with_those_that_are_there,
    test_missing_permission_comes_with_a_udev_rule,
    test_missing_membership_is_told_from_missing_permission,
    test_unknown_owner_is_a_number,
    test_missing_permission_shows_before_opening,
    test_other_failures_to_open_are_named,
    test_refusal_beyond_the_mode_gets_no_rule,
    test_process_that_cannot_be_opened_has_no_owner,
    test_unknown_property_comes_with_its_declaration,
    test_unknown_forbidden_property_is_to_be_denied,
    test_known_property_comes_with_its_source,
    test_process_without_udmabuf_tells_how_to_get_it,
    test_alias_and_twin_are_named,
    test_first_name_is_a_twin_of_the_second_where_that_was_asked_for,
    test_left_out_heaps_say_why,
    test_unwanted_protected_heap_says_so,
    test_hostile_names_are_escaped,
  };

  return suite_run ("explain", begin_on_machine, end, tests, N_ELEMENTS (tests));
}
