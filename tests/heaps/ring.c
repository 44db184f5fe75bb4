/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What threads put in and take out: in which order, what when it is full or empty, and that nothing is lost or taken
 * twice. Most of all under TSan. */
#include "heaps/ring.h"
#include "suite.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>

#define N_THREADS 4
#define N_ROUNDS 50000 /* of each thread */

static struct ring ring;

static void
setup (void)
{
  ring_init (&ring);
}

START_TEST (test_first_in_is_first_out)
{
  int items[3];

  ck_assert (ring_is_empty (&ring));
  ck_assert_ptr_null (ring_take (&ring));
  for (int i = 0; i < 3; i++)
    ck_assert (ring_put (&ring, &items[i]));
  ck_assert (!ring_is_empty (&ring));
  for (int i = 0; i < 3; i++)
    ck_assert_ptr_eq (ring_take (&ring), &items[i]);
  ck_assert (ring_is_empty (&ring));
  ck_assert_ptr_null (ring_take (&ring));
}
END_TEST

START_TEST (test_full_ring_takes_no_more_until_one_is_taken)
{
  int items[RING_SIZE + 1];

  for (int i = 0; i < RING_SIZE; i++)
    ck_assert (ring_put (&ring, &items[i]));
  ck_assert (!ring_put (&ring, &items[RING_SIZE]));
  ck_assert_ptr_eq (ring_take (&ring), &items[0]);
  ck_assert (ring_put (&ring, &items[RING_SIZE]));
  ck_assert (!ring_put (&ring, &items[0]));
  for (int i = 1; i <= RING_SIZE; i++)
    ck_assert_ptr_eq (ring_take (&ring), &items[i]);
  ck_assert (ring_is_empty (&ring));
}
END_TEST

/* As it is after nearly 2^32 items. */
START_TEST (test_positions_wrap_around)
{
  unsigned begin = UINT_MAX - 5;
  int items[RING_SIZE];

  ring.head = ring.tail = begin;
  for (unsigned i = 0; i < RING_SIZE; i++)
    ring.cells[(begin + i) % RING_SIZE].turn = begin + i;
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < RING_SIZE; i++)
      ck_assert (ring_put (&ring, &items[i]));
    ck_assert (!ring_put (&ring, &items[0]));
    for (int i = 0; i < RING_SIZE; i++)
      ck_assert_ptr_eq (ring_take (&ring), &items[i]);
    ck_assert_ptr_null (ring_take (&ring));
  }
}
END_TEST

/* Whoever has it uses it without a lock. */
struct token {
  unsigned n_uses;
  struct token *next; /* of those that a thread holds */
};

struct worker {
  pthread_t thread;
  unsigned max_held;
  unsigned n_uses;
  struct token *held;
};

/* There is room for all; but the cell whose turn it is may be in the hands of a thread that is interrupted. */
static void
put_back (struct worker *worker)
{
  struct token *token = worker->held;

  worker->held = token->next;
  while (!ring_put (&ring, token))
    sched_yield ();
}

/* Takes and puts back one by one, or as many as it may hold at a time. */
static void *
work (void *data)
{
  struct worker *worker = data;

  for (unsigned i = 0; i < N_ROUNDS; i++) {
    struct token *token;

    for (unsigned held = 0; held < worker->max_held && (token = ring_take (&ring)) != NULL; held++) {
      token->n_uses++;
      worker->n_uses++;
      token->next = worker->held;
      worker->held = token;
    }
    while (worker->held != NULL)
      put_back (worker);
  }
  return NULL;
}

/* Fewer tokens than threads, as many as there is room for; one by one and many at a time. */
static const struct {
  unsigned n_tokens, max_held;
} walks[] = { { 1, 1 }, { 3, 1 }, { 8, 2 }, { RING_SIZE, 1 }, { RING_SIZE, RING_SIZE } };

START_TEST (test_threads_lose_nothing_and_share_nothing)
{
  struct token tokens[RING_SIZE] = { 0 };
  struct worker workers[N_THREADS] = { 0 };
  unsigned n_uses = 0;

  for (unsigned i = 0; i < walks[_i].n_tokens; i++)
    ck_assert (ring_put (&ring, &tokens[i]));
  for (unsigned i = 0; i < N_THREADS; i++) {
    workers[i].max_held = walks[_i].max_held;
    ck_assert_int_eq (pthread_create (&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  for (unsigned i = 0; i < N_THREADS; i++) {
    pthread_join (workers[i].thread, NULL);
    n_uses += workers[i].n_uses;
  }
  for (unsigned i = 0; i < walks[_i].n_tokens; i++) {
    struct token *token = ring_take (&ring);

    ck_assert_ptr_nonnull (token);
    n_uses -= token->n_uses;
    token->n_uses = 0;
  }
  ck_assert_uint_eq (n_uses, 0);
  ck_assert_ptr_null (ring_take (&ring));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("ring");
  TCase *tcase = tcase_create ("ring");
  SRunner *runner = srunner_create (suite);
  int n_failed;

  tcase_add_checked_fixture (tcase, setup, NULL);
  tcase_set_timeout (tcase, 30);
  tcase_add_test (tcase, test_first_in_is_first_out);
  tcase_add_test (tcase, test_full_ring_takes_no_more_until_one_is_taken);
  tcase_add_test (tcase, test_positions_wrap_around);
  tcase_add_loop_test (tcase, test_threads_lose_nothing_and_share_nothing, 0, N_ELEMENTS (walks));
  suite_add_tcase (suite, tcase);
  srunner_run_all (runner, CK_ENV);
  n_failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return n_failed == 0 ? 0 : 1;
}
